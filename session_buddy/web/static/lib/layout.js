// Where the parts of a chart lie: plain functions of numbers, without drawing.

/** The rates (0 to 100) at which the second to the fifth step begin. Most rates lie high, so the steps do. */
export const STEPS = [50, 65, 80, 90];

/** The step (1 to 5) of a rate; 0 where there is none. */
export const stepOf = (rate) => (rate == null ? 0 : 1 + STEPS.filter((least) => rate >= least).length);

/** What the five steps stand for, the lowest first. */
export const stepNames = () => ["below 50 %", ...STEPS.slice(0, -1).map((least, index) => `${least} to ${STEPS[index + 1]} %`), "90 % and more"];

/**
 * Where a key leads in a grid, as [row, column]; null for a key that leads nowhere.
 * @param {{key: string, ctrlKey?: boolean}} event
 */
export function moved({ key, ctrlKey }, [row, column], rows, columns) {
  const places = {
    ArrowUp: [row - 1, column],
    ArrowDown: [row + 1, column],
    ArrowLeft: [row, column - 1],
    ArrowRight: [row, column + 1],
    Home: [ctrlKey ? 0 : row, 0],
    End: [ctrlKey ? rows - 1 : row, columns - 1],
    PageUp: [0, column],
    PageDown: [rows - 1, column],
  };
  const place = places[key];
  return place ? [between(place[0], 0, rows - 1), between(place[1], 0, columns - 1)] : null;
}

const between = (value, least, most) => Math.max(least, Math.min(most, value));
const sum = (values) => values.reduce((all, value) => all + value, 0);

/** Parts {value} of a whole, those of nothing left out, each with `start` and `share` (0 to 1). */
export function portions(parts) {
  const total = sum(parts.map((part) => part.value));
  let start = 0;
  return parts
    .filter((part) => part.value > 0)
    .map((part) => {
      const share = part.value / total;
      start += share;
      return { ...part, share, start: start - share };
    });
}

/** Bars to the left and to the right of a zero that they share: {zero, bars: [{start, width}]}, all of 0 to 1. */
export function diverging(values) {
  const low = Math.min(0, ...values);
  const whole = Math.max(0, ...values) - low || 1;
  const at = (value) => (value - low) / whole;
  return { zero: at(0), bars: values.map((value) => ({ start: at(Math.min(0, value)), width: Math.abs(value) / whole })) };
}

const ROUND = [0.001, 0.01, 0.1, 1, 5, 10, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 36_000, 86_400, 604_800, 2_592_000];
const DECADES = 30;

/**
 * The axis for durations in seconds: from zero, or logarithmic where the largest is many times the smallest.
 * @returns {{log: boolean, at: (seconds: number) => number, ticks: number[]}} `at` gives 0 to 1
 */
export function timeAxis(values) {
  const known = values.filter((value) => value > 0);
  const most = Math.max(0.001, ...known);
  const least = known.length ? Math.max(0.001, Math.min(...known)) : most;
  const log = most / least > DECADES;
  const low = log ? Math.log(least) : 0;
  const high = log ? Math.log(most) : most;
  const at = (seconds) => between(((log ? Math.log(Math.max(least, seconds)) : seconds) - low) / (high - low || 1), 0, 1);
  return { log, at, ticks: log ? thinned(ROUND.filter((one) => one >= least && one <= most), 5) : evenly(most) };
}

function thinned(values, most) {
  const every = Math.ceil(values.length / most);
  return values.filter((_, index) => index % every === 0);
}

/** Round steps from zero on, four at most. */
function evenly(most) {
  const step = ROUND.find((one) => most / one <= 4) ?? most / 4;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
}

/**
 * A picture of steps {from, to, count}: where each comes from on the left, where it leads on the right, bands between.
 * Names stand in the order of `order`; those that it does not hold come last.
 * @returns {{height: number, left: object[], right: object[], bands: object[]}}
 */
export function flow(steps, order, { width, margin, gap = 22, body = 220, node = 8 }) {
  const total = sum(steps.map((step) => step.count)) || 1;
  const scale = body / total;
  const place = (name) => (order.includes(name) ? order.indexOf(name) : order.length);
  const sorted = (names) => [...new Set(names)].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
  const left = column(sorted(steps.map((step) => step.from)), (name) => steps.filter((step) => step.from === name), scale, gap);
  const right = column(sorted(steps.map((step) => step.to)), (name) => steps.filter((step) => step.to === name), scale, gap);
  const ends = { from: margin + node, to: width - margin - node };
  const used = new Map();
  const taken = (side, one, thick) => {
    const key = `${side} ${one.name}`;
    const top = used.get(key) ?? one.top;
    used.set(key, top + thick);
    return top;
  };
  const rows = [...steps].sort((a, b) => place(a.from) - place(b.from) || place(a.to) - place(b.to));
  const bands = rows.map((step) => {
    const thick = step.count * scale;
    const from = taken("left", left.find((one) => one.name === step.from), thick);
    const to = taken("right", right.find((one) => one.name === step.to), thick);
    return { ...step, thick, path: band(ends, from, to, Math.max(1.5, thick)) };
  });
  const height = Math.max(...[...left, ...right].map((one) => one.top + one.size), 0) + gap / 2;
  return { height, left, right, bands };
}

/** Names one below the other, each as high as its steps are many. */
function column(names, of, scale, gap) {
  let top = gap / 2;
  return names.map((name) => {
    const count = sum(of(name).map((step) => step.count));
    const one = { name, count, top, size: Math.max(3, count * scale) };
    top += one.size + gap;
    return one;
  });
}

function band({ from, to }, y, z, thick) {
  const middle = (from + to) / 2;
  const number = (value) => value.toFixed(1);
  const [a, b, c] = [from, middle, to].map(number);
  const [top, end, under, low] = [y, z, z + thick, y + thick].map(number);
  return `M${a},${top}C${b},${top} ${b},${end} ${c},${end}L${c},${under}C${b},${under} ${b},${low} ${a},${low}Z`;
}
