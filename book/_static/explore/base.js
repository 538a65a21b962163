/* The base of the explorables: a form's state, kept in the address; a picture; a sentence.
   The state is in the fragment (#title=Friends&shrinkage=20), which also works from a folder. */
"use strict";

const Explore = (() => {
  const QUIET = 250; // milliseconds: a slider on the move neither chatters nor floods the history

  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  const html = (tag, attributes = {}, ...children) =>
    fill(document.createElement(tag), attributes, children);
  const svg = (tag, attributes = {}, ...children) =>
    fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

  function later(act) {
    let timer;
    return (...values) => {
      clearTimeout(timer);
      timer = setTimeout(act, QUIET, ...values);
    };
  }

  /* <select data-options="titles" data-default="Friends">, or a <datalist>: options from the data. */
  function addOptions(form, data) {
    for (const field of form.querySelectorAll("[data-from]")) {
      field.value = data[field.dataset.from].join(",");
    }
    for (const list of form.querySelectorAll("[data-options]")) {
      for (const text of data[list.dataset.options]) {
        list.append(new Option(text, text, text === list.dataset.default));
      }
    }
  }

  const read = form => Object.fromEntries(new FormData(form));

  const choices = control => [...(control.list?.options ?? [])].map(option => option.value);

  /* The choice that a text means, whatever its capitals; of a control without choices, the text. */
  function meant(control, text) {
    if (!control.list) return text;
    return choices(control).find(choice => choice.toLowerCase() === text.trim().toLowerCase());
  }

  /* Set the controls; a value that a control does not know leaves its default. */
  function restore(form, defaults, wanted) {
    for (const [name, usual] of Object.entries(defaults)) {
      const control = form.elements[name];
      const value = meant(control, wanted[name] ?? usual) ?? usual;
      control.value = value;
      if (control.value !== value) control.value = usual;
    }
  }

  /* A text that is no choice yet becomes the first that contains it, or what was chosen before. */
  function complete(control, before) {
    const typed = control.value.trim().toLowerCase();
    const found = typed && choices(control).find(choice => choice.toLowerCase().includes(typed));
    control.value = meant(control, typed) || found || before;
  }

  function showValues(form) {
    for (const output of form.querySelectorAll("output[for]")) {
      output.value = document.getElementById(output.htmlFor.value).value;
    }
  }

  /* A button that copies the address of what is shown; where that is forbidden, it is selected. */
  function copyButton(state) {
    const said = html("span", { role: "status" });
    const button = html("button", { type: "button" }, "Copy this view");
    button.addEventListener("click", async () => {
      const address = `${location.href.split("#")[0]}#${new URLSearchParams(state())}`;
      said.textContent = "";
      try {
        await navigator.clipboard.writeText(address);
        said.textContent = "Copied: whoever opens the address sees what you see.";
      } catch {
        said.textContent = address;
        getSelection().selectAllChildren(said);
      }
    });
    return html("p", { class: "copy-view" }, button, " ", said);
  }

  /* draw({data, state, picture, finding}) is called at the start and after every change:
     state is name → string, picture an empty element to fill, finding(text) says it in words. */
  function start(name, draw) {
    const section = document.querySelector(`[data-explorable="${name}"]`);
    const form = section.querySelector("form");
    const picture = section.querySelector(".explorable-picture");
    const live = section.querySelector(".explorable-finding");
    const data = JSON.parse(section.querySelector(".explorable-data").textContent);
    addOptions(form, data);
    form.reset(); // some browsers put back what was typed before a reload
    const defaults = read(form);
    let state = defaults;

    const finding = later(text => { live.textContent = text; });
    const keep = later(() => history.replaceState(null, "", `#${new URLSearchParams(state)}`));

    function show() {
      showValues(form);
      draw({ data, state, picture, finding });
    }

    function follow() {
      if (location.hash && !location.hash.includes("=")) return; // a heading's address
      restore(form, defaults, Object.fromEntries(new URLSearchParams(location.hash.slice(1))));
      state = read(form);
      show();
    }

    function change() {
      const next = read(form);
      for (const control of form.elements) {
        if (control.list && control.name) next[control.name] = meant(control, control.value) ?? state[control.name];
      }
      state = next;
      keep();
      show();
    }

    form.addEventListener("focusin", ({ target }) => { if (target.list) target.select(); });
    form.addEventListener("submit", event => event.preventDefault());
    form.addEventListener("input", change);
    form.addEventListener("change", event => {
      if (event.target.list) complete(event.target, state[event.target.name]);
      change();
    });
    section.append(copyButton(() => state));
    addEventListener("hashchange", follow);
    if (location.hash.includes("=")) follow();
    else show();
  }

  /* Numbers between 0 and 1, the same in every browser and in Python, where a test draws them too. */
  function lots(first) {
    let x = first;
    return () => (x = x * 48271 % 2147483647) / 2147483647;
  }

  return { start, svg, html, lots };
})();
