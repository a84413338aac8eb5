// What every event has in common.

/** What happened to which thing: the same for an event that is told twice. */
export const keyOf = (event) =>
  [event.kind, event.decision_id ?? event.invocation_id ?? event.recommendation_id ?? event.suggestion_id ?? event.coaching_session_id ?? event.workflow_id, event.item_id, event.at].join(" ");
