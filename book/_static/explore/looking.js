/* A page of twenty tiles: clicks fall by place, and what they say of the titles. The viewers are
   drawn in the page; a test draws them again in Python. */
"use strict";

const lookChance = ({ rows, positions }, row, position) =>
  Array.from({ length: rows * positions }, (_, slot) =>
    row ** Math.floor(slot / positions) * position ** (slot % positions));

/* Clicks of each title in each slot, and how often it stood there. */
function watch({ titles, appeal, first }, look, order, pages) {
  const n = titles.length, lot = Explore.lots(first);
  const table = () => Array.from({ length: n }, () => Array(n).fill(0));
  const clicked = table(), shown = table();
  const best = [...Array(n).keys()], fixed = { "best first": best, "worst first": [...best].reverse() };
  for (let page = 0; page < pages; page++) {
    const keys = best.map(() => lot());
    const placed = fixed[order] ?? best.toSorted((a, b) => keys[a] - keys[b]);
    placed.forEach((title, slot) => {
      shown[title][slot] += 1;
      if (lot() < look[slot] * appeal[title]) clicked[title][slot] += 1;
    });
  }
  return { clicked, shown };
}

const total = values => values.reduce((sum, value) => sum + value, 0);
const bySlot = (table, slot) => total(table.map(row => row[slot]));

/* How far people look, as one takes it to be: everywhere alike; as each place is clicked; as it is. */
function taken({ clicked }, look, correction) {
  if (correction === "nothing") return look.map(() => 1);
  if (correction === "the true chances") return look;
  return look.map((_, slot) => bySlot(clicked, slot) / bySlot(clicked, 0));
}

/* Clicks of each title by how often it was looked at. */
const appealOf = ({ clicked, shown }, look) =>
  clicked.map((row, title) => total(row) / total(shown[title].map((times, slot) => times * look[slot])));

/* The share of pairs of titles that stand in the right order. */
function inOrder(found, truth) {
  const pairs = truth.flatMap((_, a) => truth.slice(a + 1).map((_, n) => [a, a + 1 + n]));
  return pairs.filter(([a, b]) => (found[a] - found[b]) * (truth[a] - truth[b]) > 0).length / pairs.length;
}

const percent = (share, digits = 0) => `${(100 * share).toFixed(digits)}\u00a0%`;
const WIDE = 340, TALL = 250;

const chart = (label, ...parts) =>
  Explore.svg("svg", { viewBox: `0 0 ${WIDE} ${TALL}`, role: "img", "aria-label": label }, ...parts);

/* The page, each slot as dark as it is clicked. */
function drawPage({ clicked, shown }, { rows, positions }) {
  const { svg } = Explore, rates = shown.map((_, slot) => bySlot(clicked, slot) / bySlot(shown, slot));
  const most = Math.max(...rates), wide = WIDE / positions, high = (TALL - 24) / rows;
  return chart("The page: how often each slot is clicked",
    svg("text", { x: 0, y: 14, class: "heading" }, "Clicks by place, of a hundred pages"),
    ...rates.flatMap((rate, slot) => {
      const x = wide * (slot % positions), y = 24 + high * Math.floor(slot / positions);
      return [
        svg("rect", { x: x + 2, y: y + 2, width: wide - 4, height: high - 4, rx: 5, class: "slot" }),
        svg("rect", { x: x + 2, y: y + 2, width: wide - 4, height: high - 4, rx: 5, class: "clicks", "fill-opacity": (0.75 * rate / most).toFixed(3) }),
        svg("text", { x: x + wide / 2, y: y + high / 2 + 5, class: "middle" }, (100 * rate).toFixed(1)),
      ];
    }));
}

/* Each title's appeal as it is and as it seems. */
function drawAppeal(found, { titles, appeal }) {
  const { svg } = Explore, least = 0.1, best = 0.31, most = 0.4, left = 44, foot = 38;
  const x = share => left + 8 + (WIDE - left - 22) * (share - least) / (best - least);
  const y = share => 28 + (TALL - 28 - foot) * (1 - Math.min(share, most) / most);
  return chart("Each title as a letter: how much it truly appeals, and how much it seems to",
    svg("text", { x: 0, y: 14, class: "heading" }, "Appeal, as it seems"),
    ...[0, 0.2, 0.4].flatMap(share => [
      svg("path", { d: `M${left} ${y(share)}H${WIDE - 8}`, class: "grid" }),
      svg("text", { x: left - 6, y: y(share) + 4, class: "end" }, percent(share)),
    ]),
    ...[0.1, 0.2, 0.3].map(share => svg("text", { x: x(share), y: TALL - 20, class: "middle" }, percent(share))),
    svg("text", { x: x(0.2), y: TALL - 3, class: "middle" }, "appeal, as it is"),
    svg("path", { d: `M${x(least)} ${y(least)}L${x(best)} ${y(best)}`, class: "shelf" }),
    ...appeal.map((truth, title) =>
      svg("text", { x: x(truth), y: y(found[title]) + 4, class: "letter middle" }, titles[title])));
}

function say({ titles, appeal }, { order, correction, pages }, found) {
  const share = inOrder(found, appeal), low = titles.at(-1), high = titles[0];
  const stood = order.startsWith("by lot") ? "standing by lot" : `${order}`;
  const cost = correction === "nothing" ? "Taken as they come" : `Divided by ${correction}`;
  const verdict = share > 0.95 ? "nearly all pairs of titles stand in the right order"
    : share < 0.05 ? "hardly a pair of titles stands in the right order"
    : `${percent(share)} of all pairs of titles stand in the right order`;
  return `${Number(pages).toLocaleString("en")} pages, titles ${stood}. ${cost}, the clicks give ${high}, the best title, an appeal of ` +
    `${percent(found[0], 1)} (in truth ${percent(appeal[0], 1)}) and ${low}, the least, ${percent(found.at(-1), 1)} ` +
    `(in truth ${percent(appeal.at(-1), 1)}); ${verdict}. By lot it would be half of them.`;
}

Explore.start("looking", ({ data, state, picture, finding }) => {
  const look = lookChance(data, state.row / 100, state.position / 100);
  const seen = watch(data, look, state.order, Number(state.pages));
  const found = appealOf(seen, taken(seen, look, state.correction));
  picture.replaceChildren(drawPage(seen, data), drawAppeal(found, data));
  finding(say(data, state, found));
});
