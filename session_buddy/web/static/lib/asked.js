// The filters that an address holds, and what they mean to the server.

export const FILTERS = ["project", "session", "since", "until"];
const DAY = 86_400_000;

/**
 * The filters of an address as the parameters of a question. "7d" is seven days before now, to the minute; the day that
 * `until` names belongs to what is asked for.
 */
export function filtersOf(params) {
  const days = /^(\d{1,4})d$/.exec(params.since ?? "");
  const since = days ? new Date(Math.floor((Date.now() - days[1] * DAY) / 60_000) * 60_000).toISOString() : asTime(params.since, 0);
  return { project_id: params.project, session_id: params.session, since, until: asTime(params.until, 1) };
}

/** A day as the moment at which it, or the day so many later, begins here; what is no day stays as it is. */
function asTime(text, later) {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text ?? "") ?? [];
  return year ? new Date(Number(year), month - 1, Number(day) + later).toISOString() : text;
}
