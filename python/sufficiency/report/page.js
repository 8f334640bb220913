// Adds to a page that is whole without it: closes the tables behind pictures, and lets a reader ask one question.
(() => {
  "use strict";
  const behind = [...document.querySelectorAll("details.behind")];
  behind.forEach((part) => { part.open = false; });
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = behind.filter((part) => !part.open);
    opened.forEach((part) => { part.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((part) => { part.open = false; }));
  // A link to a part that is folded away opens it.
  addEventListener("hashchange", () => document.querySelector(location.hash || "#main")?.closest("details")?.setAttribute("open", ""));

  const table = document.querySelector("table[data-keys]");
  if (!table) return;
  const keys = Number(table.dataset.keys);
  const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
  const rows = [...table.tBodies[0].rows];
  const text = (row, column) => row.cells[column].textContent.trim();
  const ask = document.createElement("form");
  ask.className = "ask";
  ask.addEventListener("submit", (event) => event.preventDefault());
  const fields = document.createElement("fieldset");
  const legend = document.createElement("legend");
  legend.textContent = "Choose, and read the answer below";
  fields.append(legend);
  const choices = [];
  for (let column = 0; column < keys; column += 1) {
    const label = document.createElement("label");
    const select = document.createElement("select");
    const field = document.createElement("div");
    select.id = `ask-${column}`;
    label.htmlFor = select.id;
    label.textContent = heads[column];
    field.append(label, select);
    for (const value of new Set(rows.map((row) => text(row, column)))) select.append(new Option(value, value));
    select.selectedIndex = column === 1 ? select.options.length - 1 : 0;
    select.addEventListener("change", show);
    choices.push(select);
    fields.append(field);
  }
  const answer = document.createElement("output");
  answer.setAttribute("aria-live", "polite");
  ask.append(fields, answer);

  function show() {
    const wanted = choices.map((select) => select.value);
    const row = rows.find((each) => wanted.every((value, column) => text(each, column) === value));
    answer.replaceChildren();
    if (!row) return;
    const [need, places, short] = [keys, keys + 1, keys + 2].map((column) => text(row, column));
    const chance = row.cells[keys + 3];
    const words = document.createElement("p");
    words.textContent = `${wanted[0]}, January ${wanted[1]}, ${wanted[2].toLowerCase()}: about ${need} children need a place `
      + `and there are ${places} places. Short by ${short}. More than a class of 10 short: ${chance.querySelector(".said").textContent}.`;
    answer.append(words, chance.querySelector(".dots").cloneNode(true));
  }
  show();
  table.closest("details").before(ask);
})();
