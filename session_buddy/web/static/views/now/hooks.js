// Hooks of the coaching panel.

import { useEffect, useRef, useState } from "../../vendor/preact.js";
import { desk } from "../../lib/attention.js";
import { Looking } from "../../lib/looking.js";

/** What waits; the component is drawn again when it changes. */
export function useDesk() {
  const [, draw] = useState(0);
  useEffect(() => {
    draw(desk.version);
    return desk.watch(() => draw(desk.version));
  }, []);
  return desk;
}

const looks = new Map();

/** How a suggestion was looked at so far, if it is drawn. */
export const lookingAt = (suggestionId) => looks.get(suggestionId) ?? null;

/** Measure how long a suggestion is on the screen. Returns a ref for its element. */
export function useLooking(suggestionId) {
  const place = useRef(null);
  useEffect(() => {
    const looking = new Looking();
    looks.set(suggestionId, looking);
    let within = false;
    const turn = () => looking.turn(within && !document.hidden, performance.now());
    const observer = new IntersectionObserver((entries) => {
      within = entries[entries.length - 1].isIntersecting;
      turn();
    });
    observer.observe(place.current);
    document.addEventListener("visibilitychange", turn);
    return () => {
      observer.disconnect();
      document.removeEventListener("visibilitychange", turn);
      looks.delete(suggestionId);
    };
  }, [suggestionId]);
  return place;
}
