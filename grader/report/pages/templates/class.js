"use strict";
// Without this script the tables stand as they are; with it they can be sorted and filtered.
(() => {
  const value = (cell) => {
    const sign = /(?:^| )k(\d)/.exec(cell.className);
    if (sign) return Number(sign[1]);
    const text = cell.textContent.trim();
    const number = parseFloat(text);
    return /^[-\d.]/.test(text) && !Number.isNaN(number) && cell.tagName === "TD" ? number : text;
  };
  const order = (a, b) =>
    typeof a === "number" && typeof b === "number" ? a - b
      : typeof a === typeof b ? a.localeCompare(b, undefined, { numeric: true })
      : typeof a === "number" ? -1 : 1;

  const sort = (table, column, heading) => {
    const up = heading.getAttribute("aria-sort") !== "ascending";
    for (const other of heading.parentNode.cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", up ? "ascending" : "descending");
    const body = table.tBodies[0];
    const rows = Array.from(body.rows, (row, at) => [value(row.cells[column]), at, row]);
    rows.sort((a, b) => (up ? order(a[0], b[0]) : order(b[0], a[0])) || a[1] - b[1]);
    const sorted = document.createDocumentFragment();
    for (const row of rows) sorted.append(row[2]);
    body.append(sorted);
  };

  for (const table of document.querySelectorAll("#heat, #questions")) {
    Array.from(table.tHead.rows[0].cells, (heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      if (heading.hasAttribute("aria-label")) {
        button.setAttribute("aria-label", "Sort by " + heading.getAttribute("aria-label"));
        heading.removeAttribute("aria-label");
      }
      heading.append(button);
      button.addEventListener("click", () => sort(table, column, heading));
    });
  }

  const form = document.getElementById("controls");
  const [who, question, verdict, mistake] =
    ["who", "question", "verdict", "mistake"].map((id) => document.getElementById(id));
  const status = document.getElementById("status");
  const rows = Array.from(document.getElementById("heat").tBodies[0].rows, (row) => ({
    row,
    name: row.cells[0].textContent.toLowerCase(),
    mistakes: new Set((row.dataset.m || "").split(" ")),
    verdicts: Array.from(row.cells).slice(3).map((cell) => cell.className),
  }));

  const filter = () => {
    const wanted = who.value.trim().toLowerCase();
    let shown = 0;
    for (const one of rows) {
      const cells = question.value === "" ? one.verdicts : [one.verdicts[Number(question.value)]];
      const fits = one.name.includes(wanted)
        && (mistake.value === "" || one.mistakes.has(mistake.value))
        && (verdict.value === "" || cells.includes(verdict.value));
      one.row.hidden = !fits;
      shown += fits;
    }
    status.textContent = `${shown} of ${rows.length} students`;
  };
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  filter();
})();
