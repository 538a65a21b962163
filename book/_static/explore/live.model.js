/* Five ways to see what a title says about another, from the counts of viewers in common, and how
   the fourth of them, EASE, is learned. A test compares all of it with recsys_lib. */
"use strict";

const Live = (() => {
  const FIRST = 33, SIGNS = [...Array(94).keys()].map(n => String.fromCharCode(FIRST + n))
    .filter(sign => sign !== "\"" && sign !== "\\");
  const VALUE = new Uint8Array(128);
  SIGNS.forEach((sign, n) => { VALUE[sign.charCodeAt(0)] = n; });
  const FAR = SIGNS.length - 1;

  /* The whole numbers that live.py wrote as signs. */
  function numbers(text, length) {
    const found = new Uint16Array(length);
    for (let place = 0, n = 0; n < length; n += 1, place += 1) {
      let value = VALUE[text.charCodeAt(place)];
      if (value === FAR) {
        value = VALUE[text.charCodeAt(place + 1)] * SIGNS.length + VALUE[text.charCodeAt(place + 2)];
        place += 2;
      }
      found[n] = value;
    }
    return found;
  }

  /* What arrived, made ready: together(i, j) viewers in common, viewers[i] of each title. */
  function unpack(data) {
    const n = data.ids.length;
    const counts = numbers(data.counts, (n * (n + 1)) / 2);
    const together = (i, j) => (i < j ? counts[(j * (j + 1)) / 2 + i] : counts[(i * (i + 1)) / 2 + j]);
    const viewers = Float64Array.from({ length: n }, (_, i) => together(i, i));
    const strokes = numbers(data.art, 6 * n);
    const genres = data.labels.genres.of.map(list => new Set(list));
    return { ...data, n, counts, together, viewers, strokes, genres, place: new Map(
      data.ids.map((id, i) => [id, i])) };
  }

  /* precision = inverse(counts + l2 * identity) by the sweep operator, one title after another, in
     the lower triangle; weights[i, j] = -precision[i, j] / precision[j, j]. Yields titles done. */
  function* learn(world) {
    const { n, counts, l2 } = world;
    const swept = Float64Array.from(counts), column = new Float64Array(n);
    const start = i => (i * (i + 1)) / 2;
    for (let i = 0; i < n; i += 1) swept[start(i) + i] += l2;
    for (let k = 0; k < n; k += 1) {
      const pivot = swept[start(k) + k];
      for (let i = 0; i < n; i += 1) column[i] = i < k ? swept[start(k) + i] : swept[start(i) + k];
      for (let i = 0; i < n; i += 1) {
        const factor = column[i] / pivot, row = start(i);
        if (factor !== 0 && i !== k) for (let j = 0; j <= i; j += 1) swept[row + j] -= factor * column[j];
      }
      for (let i = 0; i < k; i += 1) swept[start(k) + i] = column[i] / pivot;
      for (let i = k + 1; i < n; i += 1) swept[start(i) + k] = column[i] / pivot;
      swept[start(k) + k] = -1 / pivot;
      yield k + 1;
    }
    world.weight = (i, j) => (i === j ? 0
      : -swept[i < j ? start(j) + i : start(i) + j] / swept[start(j) + j]);
  }

  /* Cosine of two titles' labels, TF-IDF, the mean over genres, themes and tone. */
  function alike({ n, labels }) {
    const blocks = Object.values(labels).map(({ names, of }) => {
      const among = new Float64Array(names.length);
      for (const list of of) for (const label of list) among[label] += 1;
      const idf = among.map(count => Math.log((1 + n) / (1 + count)) + 1);
      const length = of.map(list => Math.hypot(...list.map(label => idf[label])));
      return { of: of.map(list => new Set(list)), idf, length };
    });
    const cosine = ({ of, idf, length }, i, j) => {
      let sum = 0;
      for (const label of of[i]) if (of[j].has(label)) sum += idf[label] ** 2;
      return sum && sum / (length[i] * length[j]);
    };
    return (i, j) => blocks.reduce((sum, block) => sum + cosine(block, i, j), 0) / blocks.length;
  }

  /* Name → says(i, j): what having watched i adds to the score of j; unit: how many of what is shown
     make 1. Hits do not ask what was watched. */
  function lenses(world) {
    const { together, viewers, n_viewers: everybody } = world, words = alike(world);
    return {
      EASE: { says: (i, j) => world.weight(i, j), unit: 1000 },
      counts: { says: together, unit: 1 },
      lift: { says: (i, j) => viewers[i] && viewers[j]
        && (together(i, j) * everybody) / (viewers[i] * viewers[j]), unit: 10 },
      words: { says: words, unit: 100 },
      hits: { says: null, unit: 1 },
    };
  }

  /* Every title's score, and the parts of it: one a pick. Adventure divides by viewers ** dare. */
  function scores(world, lens, picks, dare) {
    const damp = (value, j) => value / Math.max(1, world.viewers[j]) ** dare;
    const all = [];
    for (let j = 0; j < world.n; j += 1) {
      const parts = lens.says ? picks.map(i => lens.says(i, j)) : [];
      const sum = lens.says ? parts.reduce((a, b) => a + b, 0) : world.viewers[j];
      all.push({ j, parts, sum, rank: damp(sum, j), damped: parts.map(part => damp(part, j)) });
    }
    return all;
  }

  const order = by => (one, other) => by(other) - by(one) || one.j - other.j;

  return { unpack, learn, lenses, scores, order };
})();
