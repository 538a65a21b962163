/* A thousand experiments, looked at as often as the reader likes; a test draws the same lots and
   judges them by recsys_lib. */
"use strict";

const UNIFORMS = 12; // whose sum, less 6, has mean 0 and standard deviation 1
const LEVEL = 0.05, USUAL = 1.959964; // of a usual test: the chance of an alarm, and its border in errors

/* Each experiment's difference in each part of its viewers, with standard deviation 1. */
function drawLots({ tests, steps, first }) {
  const one = Explore.lots(first);
  const part = () => {
    let sum = -UNIFORMS / 2;
    for (let n = 0; n < UNIFORMS; n++) sum += one();
    return sum;
  };
  return Array.from({ length: tests }, () => Array.from({ length: steps }, part));
}

/* The difference so far, in its own standard errors, after each part. */
function walks(lots, effect) {
  const steps = lots[0].length, drift = effect / Math.sqrt(steps);
  return lots.map(parts => {
    let sum = 0;
    return parts.map((part, n) => (sum += part + drift) / Math.sqrt(n + 1));
  });
}

/* How many errors from 0 an experiment must be to be stopped after each part. */
function border(rule, steps) {
  if (rule === "usual") return Array(steps).fill(USUAL);
  const log = Math.log(1 / LEVEL), rho = steps / (2 * log + Math.log(2 * log + 1));
  return Array.from({ length: steps }, (_, n) => {
    const v = n + 1;
    return Math.sqrt((v + rho) / v * Math.log((v + rho) / (rho * LEVEL ** 2)));
  });
}

/* After which part each walk was first seen beyond the border; 0: at none of the looks. */
function stops(paths, beyond, looks) {
  const every = paths[0].length / looks;
  return paths.map(path => {
    for (let n = every; n <= path.length; n += every) {
      if (Math.abs(path[n - 1]) > beyond[n - 1]) return n;
    }
    return 0;
  });
}

const WIDTH = 640, HIGH = 270, LEFT = 30, TOP = 12, MOST = 4.6; // of the picture; errors up and down
const SHOWN = 120; // threads that an eye can bear

function drawThreads(paths, beyond, ends, looks) {
  const { svg } = Explore, steps = beyond.length;
  const x = n => LEFT + (WIDTH - LEFT - 8) * n / steps;
  const y = z => TOP + (HIGH - TOP - 34) * (MOST - Math.max(-MOST, Math.min(MOST, z))) / (2 * MOST);
  const line = (values, kind) => {
    const points = values.map((z, n) => `${x(n + 1).toFixed(0)} ${y(z).toFixed(0)}`);
    return svg("path", { d: `M${points.join("L")}`, class: kind });
  };
  const threads = paths.slice(0, SHOWN).map((path, n) =>
    line(ends[n] ? path.slice(0, ends[n]) : path, ends[n] ? "rung" : "quiet"));
  threads.sort((a, b) => (a.getAttribute("class") < b.getAttribute("class") ? -1 : 1));
  const knots = ends.slice(0, SHOWN).flatMap((end, n) =>
    end ? [svg("circle", { cx: x(end).toFixed(0), cy: y(paths[n][end - 1]).toFixed(0), r: 3, class: "alarm" })] : []);
  const marks = Array.from({ length: looks }, (_, n) =>
    svg("path", { d: `M${x((n + 1) * steps / looks).toFixed(1)} ${HIGH - 32}v7`, class: "look" }));
  const numbers = [-4, -2, 0, 2, 4].map(z =>
    svg("text", { x: LEFT - 6, y: y(z) + 4, class: "end" }, z < 0 ? `−${-z}` : z));
  const label = `${SHOWN} of the experiments as lines; those that were stopped are red and end there`;
  return svg("svg", { viewBox: `0 0 ${WIDTH} ${HIGH}`, role: "img", "aria-label": label },
    ...threads, line(beyond, "border"), line(beyond.map(z => -z), "border"), ...knots, ...marks, ...numbers,
    svg("text", { x: LEFT, y: HIGH - 6 }, "first viewers"),
    svg("text", { x: WIDTH, y: HIGH - 6, class: "end" }, "all viewers"));
}

function say({ tests, steps }, { rule, looks, effect }, ends) {
  const found = ends.filter(Boolean), share = (100 * found.length / tests).toFixed(1);
  const times = looks === "1" ? "one look, at the end" : `${looks} looks`;
  const ruled = rule === "usual" ? "a usual test at every look" : "the border that holds at all looks together";
  const seen = Math.round(100 * found.reduce((sum, end) => sum + end, 0) / found.length / steps);
  const when = found.length ? `, on average after ${seen}\u00a0% of the viewers` : "";
  const start = `${tests.toLocaleString("en")} experiments, ${times}, ${ruled}: ${found.length} are stopped (${share}\u00a0%)`;
  if (effect === "0") {
    return `${start}${when}. There is nothing to find: all are false alarms, where 5.0\u00a0% were promised.`;
  }
  return `${start}${when}. The difference is real, ${effect} standard errors of the whole experiment: ` +
    `the other ${tests - found.length} end without having found it.`;
}

let lots; // drawn once, for all settings

Explore.start("peeking", ({ data, state, picture, finding }) => {
  lots ??= drawLots(data);
  const paths = walks(lots, Number(state.effect)), beyond = border(state.rule, data.steps);
  const looks = Number(state.looks), ends = stops(paths, beyond, looks);
  picture.replaceChildren(drawThreads(paths, beyond, ends, looks));
  finding(say(data, state, ends));
});
