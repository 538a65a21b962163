// The search page: every page that has all the words, chapters first, each with its best passage.
"use strict";
{
  const [CHAPTER, , TERM, NAME] = [0, 1, 2, 3];
  const WEIGHT = [3, 1, 0.8, 0.25]; // of a chapter, another page, a term, a name of the library
  const ASIDE = ["Further reading", "Exercises", "Check yourself"];
  const SHOWN = 40, AROUND = 90; // results; letters before and after a word

  const plain = text => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const escape = text => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const stem = word => (word.length > 4 ? word.replace(/(es|s)$/, "") : word);
  const pattern = word => new RegExp(`(?<![\\p{L}\\d])${escape(stem(word))}`, "gu");

  const count = (text, one) => (text.match(one) ?? []).length;

  /* How well a section answers: its headings weigh most, and the words side by side. */
  function score(row, words, phrase) {
    const [kind, , , title, heading] = row, text = row.plain;
    let sum = 0;
    for (const one of words) {
      sum += 12 * Math.min(1, count(plain(heading), one)) + 9 * Math.min(1, count(plain(title), one));
      sum += 3 * Math.log2(1 + count(text, one));
    }
    if (kind !== NAME && plain(heading) === phrase) sum += 20;
    if (words.length > 1) sum += 12 * Math.min(1, count(plain(`${heading} ${title}`), pattern(phrase)));
    if (words.length > 1) sum += 4 * Math.log2(1 + count(text, pattern(phrase)));
    return sum * WEIGHT[kind] * (ASIDE.includes(heading) ? 0.4 : 1);
  }

  function find(query) {
    const phrase = plain(query.trim()).replace(/\s+/g, " ");
    const words = phrase.split(" ").filter(Boolean).map(pattern);
    if (!words.length) return [];
    const pages = new Map();
    for (const row of SECTIONS) {
      row.plain ??= plain(row[6]);
      const key = row[0] < TERM ? row[1] : `${row[1]}#${row[5]}`;
      if (!pages.has(key)) pages.set(key, []);
      pages.get(key).push(row);
    }
    const found = [];
    for (const rows of pages.values()) {
      const whole = rows.map(row => plain(`${row[3]} ${row[4]} `) + row.plain).join(" ");
      if (!words.every(one => count(whole, one))) continue;
      const scores = rows.map(row => score(row, words, phrase)).sort((a, b) => b - a);
      const telling = rows.filter(row => words.some(one => count(row.plain, one))); // has a passage
      const best = (telling.length ? telling : rows).reduce((a, b) => (score(b, words, phrase) > score(a, words, phrase) ? b : a));
      found.push({ row: best, score: scores[0] + 0.3 * (scores[1] ?? 0) + 0.1 * (scores[2] ?? 0) });
    }
    return found.sort((a, b) => b.score - a.score).slice(0, SHOWN);
  }

  /* The passage around the first word, with every word marked. */
  function snippet(row, query) {
    const text = row[6], words = plain(query.trim()).split(/\s+/).map(stem).map(escape);
    const marks = new RegExp(`(?<![\\p{L}\\d])(?:${words.join("|")})[\\p{L}\\d]*`, "giu");
    const same = plain(text).length === text.length ? plain(text) : text.toLowerCase();
    const side = same.search(pattern(plain(query.trim())));
    const first = side >= 0 ? side : Math.max(0, same.search(marks));
    const start = first > AROUND ? text.indexOf(" ", first - AROUND) + 1 : 0;
    const end = text.lastIndexOf(" ", first + 2 * AROUND);
    const cut = text.length > first + 2 * AROUND ? text.slice(start, end) : text.slice(start);
    const line = document.createElement("p");
    let done = 0;
    for (const hit of (same === text.toLowerCase() ? cut : same.slice(start, start + cut.length))
      .matchAll(marks)) {
      const mark = document.createElement("mark");
      mark.textContent = cut.slice(hit.index, hit.index + hit[0].length);
      line.append(cut.slice(done, hit.index), mark);
      done = hit.index + hit[0].length;
    }
    line.append(cut.slice(done));
    if (start) line.prepend("… ");
    if (cut.length < text.length - start) line.append(" …");
    return line;
  }

  function item({ row }, query) {
    const [kind, page, number, title, heading, anchor] = row;
    const entry = document.createElement("li"), link = document.createElement("a");
    link.href = page + (anchor ? `#${anchor}` : "");
    link.textContent = kind === CHAPTER ? `${number} ${title}` : kind === NAME ? heading : title;
    if (kind === TERM) link.textContent = `${heading} (glossary)`;
    entry.append(link);
    if (kind < TERM && heading && heading !== title) {
      const place = document.createElement("span");
      place.className = "place";
      place.textContent = heading;
      entry.append(" ", place);
    }
    entry.append(snippet(row, query));
    return entry;
  }

  const results = document.getElementById("search-results");
  const query = new URLSearchParams(location.search).get("q") ?? "";
  for (const input of document.querySelectorAll("input[name=q]")) input.value = query;
  const found = find(query), said = document.createElement("p"), list = document.createElement("ol");
  said.className = "search-summary";
  said.setAttribute("role", "status");
  said.textContent = !query.trim() ? ""
    : found.length ? `${found.length} ${found.length === 1 ? "page" : "pages"} for “${query}”`
    : `Your search did not match anything: “${query}”. Try one word, or the glossary.`;
  list.append(...found.map(one => item(one, query)));
  results.replaceChildren(said, ...(found.length ? [list] : []));
}
