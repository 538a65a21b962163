/* The feedback loop of chapter 15: three measures over forty weeks, the chosen pages against plain
   ones and pages by lot. Every number comes with the page, and every one has its interval. */
"use strict";

const PLAIN = "0/0", BY_LOT = "by lot";
const MEASURES = [
  { key: "utility", heading: "Satisfaction, in stars", name: "Satisfaction", unit: " stars",
    digits: 3 },
  { key: "diversity", heading: "Diversity of a viewer’s diet", name: "Diversity", unit: "",
    digits: 4 },
  { key: "alike", heading: "Likeness of two viewers", name: "Likeness", unit: "", digits: 4 },
];
const WIDE = 324, TALL = 190, LEFT = 44, RIGHT = 320, TOP = 30, FLOOR = 162;

const title = words => Explore.svg("text", { x: 0, y: 14, class: "heading" }, words);

function field(label, parts) {
  const view = { viewBox: `0 0 ${WIDE} ${TALL}`, role: "img", "aria-label": label };
  return Explore.svg("svg", view, ...parts);
}

/* From the least to the most of all policies, so that the axis stays when the choice changes. */
function ticksOf(policies, key) {
  const ends = Object.values(policies).flatMap(policy => policy[key].is.flat());
  const least = Math.min(...ends), most = Math.max(...ends);
  const step = [0.01, 0.02, 0.05, 0.1].find(step => (most - least) / step < 4);
  const ticks = [];
  for (let n = Math.floor(least / step); n <= Math.ceil(most / step); n++) ticks.push(n * step);
  return ticks;
}

/* The lines that the eye reads values and weeks from. */
function drawGrid(ticks, weeks, x, y) {
  const { svg } = Explore;
  const values = ticks.flatMap(tick => [
    svg("path", { d: `M${LEFT} ${y(tick)}H${RIGHT}`, class: "grid" }),
    svg("text", { x: LEFT - 6, y: y(tick) + 4, class: "end" }, tick.toFixed(2)),
  ]);
  const times = [0, 3, 6, 9].map(n => {
    const at = { x: x(n), y: TALL - 8, class: "middle" };
    return svg("text", at, n ? weeks[n] : `week ${weeks[n]}`);
  });
  return [...values, ...times];
}

/* One measure over the months. */
function drawMeasure({ policies, weeks }, { key, heading }, chosen, month) {
  const { svg } = Explore, ticks = ticksOf(policies, key);
  const x = n => LEFT + 10 + (RIGHT - LEFT - 20) * n / (weeks.length - 1);
  const y = value => FLOOR - (FLOOR - TOP) * (value - ticks[0]) / (ticks.at(-1) - ticks[0]);
  const points = (name, end) => policies[name][key].is.map((row, n) => `${x(n)} ${y(row[end])}`);
  const line = (name, kind) => svg("path", { d: `M${points(name, 0).join("L")}`, class: kind });
  const around = [...points(chosen, 1), ...points(chosen, 2).reverse()];
  const [mean, low, high] = policies[chosen][key].is[month];
  return field(`${heading}, over forty weeks`, [
    title(heading),
    ...drawGrid(ticks, weeks, x, y),
    svg("path", { d: `M${x(month)} ${TOP}V${FLOOR}`, class: "marked" }),
    svg("path", { d: `M${around.join("L")}Z`, class: "band" }),
    line(BY_LOT, "lot"),
    line(PLAIN, "other"),
    line(chosen, "chosen"),
    svg("path", { d: `M${x(month)} ${y(low)}V${y(high)}`, class: "whisker" }),
    svg("circle", { cx: x(month), cy: y(mean), r: 4.5, class: "mean" }),
  ]);
}

/* What the lines are, as a picture of its own: it fills the fourth field. */
function drawLegend() {
  const { svg } = Explore;
  const entries = [
    ["chosen", "the chosen pages"],
    ["band", "their 95\u00a0% interval"],
    ["other", "plain pages, learned weekly"],
    ["lot", "pages by lot"],
    ["marked", "the chosen weeks"],
  ];
  const shapes = { band: "m0-8h44v12h-44Z", marked: "m22-13v18" };
  const parts = entries.flatMap(([kind, words], n) => {
    const y = 46 + 27 * n, sample = `M0 ${y - 4}${shapes[kind] ?? "h44"}`;
    return [svg("path", { d: sample, class: kind }), svg("text", { x: 56, y }, words)];
  });
  return field("What the lines are", [title("The lines"), ...parts]);
}

function signed(value, digits) {
  const size = Math.abs(value).toFixed(digits);
  return Number(size) === 0 ? size : (value < 0 ? "−" : "+") + size;
}

/* A difference from plain pages; plain pages themselves are held against those by lot. */
function difference(data, key, chosen, month) {
  if (chosen !== PLAIN) return data.policies[chosen][key].change[month];
  const [mean, low, high] = data.policies[BY_LOT][key].change[month];
  return [-mean, -high, -low];
}

function sayMeasure({ name, unit, digits }, value, [change, low, high]) {
  const range = `95\u00a0% interval ${signed(low, digits)} to ${signed(high, digits)}`;
  const words = low > 0 || high < 0
    ? `${change > 0 ? "higher" : "lower"} by ${Math.abs(change).toFixed(digits)} (${range})`
    : `no difference that luck could not make (${range})`;
  return `${name} ${value.toFixed(digits)}${unit}, ${words}.`;
}

/* The chosen pages, and what they are held against. */
function comparison(chosen) {
  if (chosen === PLAIN) return "plain pages against pages by lot";
  const [explore, weight] = chosen.split("/").map(Number), parts = [];
  if (explore) parts.push(`${explore}\u00a0% of the slots by lot`);
  if (weight) parts.push(`a weight of ${weight}\u00a0% on variety`);
  return `pages with ${parts.join(" and ")}, against plain ones`;
}

/* What the picture shows, in words. */
function say(data, chosen, month) {
  const last = data.weeks[month];
  const measures = MEASURES.map(measure => {
    const [value] = data.policies[chosen][measure.key].is[month];
    return sayMeasure(measure, value, difference(data, measure.key, chosen, month));
  });
  return [`Weeks ${last - 3} to ${last}, ${comparison(chosen)}.`, ...measures].join(" ");
}

Explore.start("bubble", ({ data, state, picture, finding }) => {
  const chosen = `${state.explore}/${state.diversity}`;
  const month = data.weeks.indexOf(Number(state.week));
  const panels = MEASURES.map(measure => drawMeasure(data, measure, chosen, month));
  picture.replaceChildren(...panels, drawLegend());
  finding(say(data, chosen, month));
});
