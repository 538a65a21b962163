/* Three genres and a viewer's thumbs: what to believe of each, and how often each would be shown.
   The race beside them was run by recsys_lib and comes with the page. */
"use strict";

const GRID = 1000; // points from 0 to 1 at which a belief is computed

/* The belief in each chance of a thumb up, after so many up and down, as probabilities of the grid. */
function belief(up, down) {
  const logs = Array.from({ length: GRID }, (_, n) => {
    const p = (n + 0.5) / GRID;
    return up * Math.log(p) + down * Math.log(1 - p);
  });
  const top = Math.max(...logs), parts = logs.map(log => Math.exp(log - top));
  const sum = parts.reduce((a, b) => a + b, 0);
  return parts.map(part => part / sum);
}

/* How likely each genre is to be the best. */
function chances(beliefs) {
  const below = beliefs.map(parts => {
    let sum = 0;
    return parts.map(part => (sum += part) - part / 2);
  });
  const won = beliefs.map((parts, genre) => parts.reduce((sum, part, n) =>
    sum + part * below.reduce((product, one, other) => other === genre ? product : product * one[n], 1), 0));
  const all = won.reduce((a, b) => a + b, 0);
  return won.map(one => one / all);
}

const percent = share => `${(100 * share).toFixed(0)}\u00a0%`;
const HUES = ["blue", "orange", "green"], WIDE = 340, TALL = 240, LEFT = 30, TOP = 28, FOOT = 34;

const chart = (label, ...parts) =>
  Explore.svg("svg", { viewBox: `0 0 ${WIDE} ${TALL}`, role: "img", "aria-label": label }, ...parts);

/* A hill a genre: where its chance of a thumb up may be. */
function drawBeliefs(beliefs, { genres }) {
  const { svg } = Explore, most = Math.max(4 / GRID, ...beliefs.flat());
  const x = n => 8 + (WIDE - 16) * (n + 0.5) / GRID, y = part => TALL - FOOT - (TALL - FOOT - TOP - 44) * part / most;
  const hills = beliefs.map((parts, genre) => {
    const line = parts.flatMap((part, n) => n % 10 === 5 ? [`${x(n).toFixed(0)} ${y(part).toFixed(1)}`] : []);
    return svg("path", { d: `M${line.join("L")}`, class: `hill ${HUES[genre]}` });
  });
  // Names stand over the tops, one line each, so that none covers another.
  const names = beliefs.map((parts, genre) => {
    const top = parts.indexOf(Math.max(...parts)), at = x(top);
    return svg("text", { x: Math.min(Math.max(at, 34), WIDE - 34), y: TOP + 4 + 15 * genre, class: `middle name ${HUES[genre]}` }, genres[genre]);
  });
  return chart("What to believe of each genre: a hill over the chances of a thumb up",
    svg("text", { x: 0, y: 14, class: "heading" }, "How likely a thumb up may be"),
    svg("path", { d: `M8 ${TALL - FOOT}H${WIDE - 8}`, class: "grid" }), ...hills, ...names,
    ...[0, 0.5, 1].map(p => svg("text", { x: p === 0 ? 8 : p === 1 ? WIDE - 8 : WIDE / 2, y: TALL - 14, class: p === 0 ? "" : p === 1 ? "end" : "middle" }, percent(p))));
}

/* Evenings lost by each policy, the longer the race the more. */
function drawRace(races, { policies, evenings }) {
  const { svg } = Explore, most = 1.08 * Math.max(...policies.flatMap(name => races[name].mean));
  const x = share => LEFT + (WIDE - LEFT - 8) * share, y = lost => TALL - FOOT - (TALL - FOOT - TOP) * lost / most;
  const step = [5, 10, 20, 25, 50].find(one => most / one < 5) ?? 100;
  const levels = Array.from({ length: Math.floor(most / step) + 1 }, (_, n) => n * step);
  return chart("Evenings lost in a race of three policies, lines over 600 evenings",
    svg("text", { x: 0, y: 14, class: "heading" }, "Evenings lost in the race"),
    ...levels.flatMap(lost => [
      svg("path", { d: `M${LEFT} ${y(lost)}H${WIDE - 8}`, class: "grid" }),
      svg("text", { x: LEFT - 6, y: y(lost) + 4, class: "end" }, lost),
    ]),
    svg("text", { x: LEFT, y: TALL - 14 }, "first evening"),
    svg("text", { x: WIDE - 8, y: TALL - 14, class: "end" }, `${evenings} evenings`),
    ...policies.flatMap((name, n) => {
      const line = [0, ...races[name].mean].map((lost, k, all) => `${x(k / (all.length - 1)).toFixed(1)} ${y(lost).toFixed(1)}`);
      return [
        svg("path", { d: `M${line.join("L")}`, class: `run ${HUES[n]}` }),
        svg("text", { x: LEFT + 8, y: TOP + 12 + 16 * n, class: `name ${HUES[n]}` }, name),
      ];
    }));
}

function say({ genres, evenings, policies }, state, shares, races) {
  const first = shares.indexOf(Math.max(...shares));
  const told = genres.map((genre, n) => `${genre} ${state[`up${n}`]} up and ${state[`down${n}`]} down`).join(", ");
  const means = genres.map((_, n) => Number(state[`up${n}`]) / (Number(state[`up${n}`]) + Number(state[`down${n}`])));
  const best = Math.max(...means.filter(mean => !Number.isNaN(mean)), -1);
  const greedy = best < 0 ? "Greedy knows nothing yet" : `Greedy shows ${genres[means.indexOf(best)]} every evening`;
  const lost = policies.map(name => `${name} ${races[name].mean.at(-1).toFixed(1)} (95\u00a0% interval ${races[name].low.toFixed(1)} to ${races[name].high.toFixed(1)})`);
  return `Thumbs: ${told}. ${greedy}; Thompson shows ${genres[first]} most, on ${percent(shares[first])} of evenings, and ` +
    `${genres.map((genre, n) => [genre, n]).filter(([, n]) => n !== first).map(([genre, n]) => `${genre} on ${percent(shares[n])}`).join(", ")}. ` +
    `In the race with genres ${state.world}, after ${evenings} evenings, evenings lost: ${lost.join("; ")}.`;
}

Explore.start("thumbs", ({ data, state, picture, finding }) => {
  const beliefs = data.genres.map((_, n) => belief(Number(state[`up${n}`]), Number(state[`down${n}`])));
  const races = data.races[state.world];
  picture.replaceChildren(drawBeliefs(beliefs, data), drawRace(races, data));
  finding(say(data, state, chances(beliefs), races));
});
