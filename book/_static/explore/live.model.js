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

  /* precision = inverse(counts + l2 * identity) by the sweep operator, in the lower triangle;
     weights[i, j] = -precision[i, j] / precision[j, j]. To sweep k is, with d = a[k, k],
       a[i, j] -= a[i, k] * a[k, j] / d,   a[i, k] = a[i, k] / d,   a[k, k] = -1 / d,
     and all sweeps together leave -precision. Two titles at a time, so that the triangle is read
     half as often. Yields how many are done. */
  function* learn(world) {
    const { n, counts, l2 } = world;
    const a = Float64Array.from(counts), one = new Float64Array(n), two = new Float64Array(n);
    const at = (i, j) => (i < j ? (j * (j + 1)) / 2 + i : (i * (i + 1)) / 2 + j);
    for (let i = 0; i < n; i += 1) a[at(i, i)] += l2;
    for (let k = 0; k < n; k += 2) {
      const last = k + 1 === n, d = a[at(k, k)];
      for (let i = 0; i < n; i += 1) one[i] = a[at(i, k)];
      for (let i = 0; i < n && !last; i += 1) two[i] = a[at(i, k + 1)] - (one[i] * one[k + 1]) / d;
      const e = last ? 1 : two[k + 1];
      if (last) two.fill(0); else two[k] = one[k + 1] / d;
      for (let i = 0; i < n; i += 1) {
        const f = one[i] / d, g = two[i] / e, row = (i * (i + 1)) / 2;
        for (let j = 0; j <= i; j += 1) a[row + j] -= f * one[j] + g * two[j];
      }
      for (let i = 0; i < n; i += 1) {
        const swept = i === k ? -1 / d : one[i] / d;
        a[at(i, k)] = swept - (two[i] * two[k]) / e;
        if (!last) a[at(i, k + 1)] = two[i] / e;
      }
      if (!last) { a[at(k + 1, k)] = two[k] / e; a[at(k + 1, k + 1)] = -1 / e; }
      yield Math.min(k + 2, n);
    }
    world.weight = (i, j) => (i === j ? 0 : -a[at(i, j)] / a[at(j, j)]);
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
    world.lenses ??= makeLenses(world);
    return world.lenses;
  }

  function makeLenses(world) {
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
