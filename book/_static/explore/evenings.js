/* Four evenings in an order, and a memory: what to watch next. EASE whose history fades, and a chain
   that knows the last title alone; a test holds both to recsys_lib. */
"use strict";

const NIGHTS = ["night1", "night2", "night3", "night4"]; // the first is last night
const SHOWN = 8;

/* What an evening weighs: all alike, or by half after so many newer ones. */
const weight = (age, memory) => (memory === "always" ? 1 : 0.5 ** (age / Number(memory)));

/* EASE's score of each title of the catalogue; evenings are places in `titles`, the newest first. */
function easeScores({ weights, scale, catalogue }, evenings, memory) {
  return catalogue.map((_, title) =>
    evenings.reduce((sum, one, age) => sum + weight(age, memory) * weights[one][title], 0) / scale);
}

/* The share of viewers who went on from the last title to each, drawn towards the share of all. */
function chainScores({ steps, left, share, prior }, last) {
  const went = new Map(steps[last]);
  return share.map((part, title) => ((went.get(title) ?? 0) + prior * part / 1e5) / (left[last] + prior));
}

/* The best titles that were not watched, best first; of equals the more watched. */
function best({ place }, scores, evenings) {
  const seen = new Set(evenings.map(one => place[one]));
  return scores.map((score, title) => ({ score, title })).filter(({ title }) => !seen.has(title))
    .sort((a, b) => b.score - a.score || a.title - b.title).slice(0, SHOWN);
}

const WIDE = 340, STEP = 27, TOP = 26;

/* A list with bars; titles that another order would not bring are orange. */
function drawList(heading, rows, others, { catalogue }) {
  const { svg } = Explore, most = Math.max(...rows.map(row => row.score)), tall = TOP + STEP * rows.length;
  const label = `${heading}: ${rows.map(({ title }) => catalogue[title]).join(", ")}`;
  return svg("svg", { viewBox: `0 0 ${WIDE} ${tall}`, role: "img", "aria-label": label },
    svg("text", { x: 0, y: 14, class: "heading" }, heading),
    ...rows.flatMap(({ title, score }, n) => {
      const y = TOP + STEP * n, kind = others && !others.has(title) ? "moved" : "kept";
      return [
        svg("text", { x: 0, y: y + 16 }, `${n + 1}`),
        svg("text", { x: 22, y: y + 16, class: `name ${kind}` }, catalogue[title]),
        svg("rect", { x: 232, y: y + 6, width: Math.max(1, 106 * Math.max(score, 0) / most), height: 12, rx: 2, class: kind }),
      ];
    }));
}

const some = names => (names.length ? names.join(", ") : "nothing");

function say({ titles, catalogue }, evenings, state, now, turned, chain) {
  const name = ({ title }) => catalogue[title];
  const memory = state.memory === "always" ? "All four evenings count alike"
    : state.memory === "0.1" ? "Last night alone counts" : `An evening counts half after ${state.memory === "1" ? "one newer one" : `${state.memory} newer ones`}`;
  const came = now.filter(({ title }) => !turned.has(title)).map(name);
  const order = came.length ? `Turn the order round and ${came.length} of these ${SHOWN} would go: ${some(came)}.`
    : "Turn the order round and the same titles would stay.";
  return `Last night ${titles[evenings[0]]}, before it ${evenings.slice(1).map(one => titles[one]).join(", ")}. ${memory}: ` +
    `first comes ${name(now[0])}, then ${name(now[1])}. ${order} Of what came next after ${titles[evenings[0]]}, first is ${name(chain[0])}.`;
}

Explore.start("evenings", ({ data, state, picture, finding }) => {
  const evenings = NIGHTS.map(night => data.titles.indexOf(state[night]));
  const list = order => best(data, easeScores(data, order, state.memory), order);
  const now = list(evenings), turned = new Set(list([...evenings].reverse()).map(row => row.title));
  const chain = best(data, chainScores(data, evenings[0]), evenings);
  picture.replaceChildren(drawList("By all four, faded", now, turned, data), drawList("By last night alone: what came next", chain, null, data));
  finding(say(data, evenings, state, now, turned, chain));
});
