// Makes pages easier for those who have JavaScript; every page works without it.
(function () {
  "use strict";

  // A navigation that scrolls on a narrow screen shows the current place.
  document.querySelectorAll(".cl-nav [aria-current]").forEach(function (link) {
    var list = link.closest("ul");
    if (list.scrollWidth > list.clientWidth) {
      list.scrollLeft = link.getBoundingClientRect().left - list.getBoundingClientRect().left - 40;
    }
  });

  // The error summary is read first; its links lead to the input, with its label in view.
  var summary = document.querySelector("[data-errors]");
  if (summary) {
    summary.focus();
    summary.addEventListener("click", function (event) {
      var link = event.target.closest("a[href^='#']");
      var input = link && document.getElementById(link.getAttribute("href").slice(1));
      if (!input) { return; }
      event.preventDefault();
      (input.closest(".cl-group") || input).scrollIntoView();
      input.focus({ preventScroll: true });
    });
  }

  // Warn before leaving a form with changes that were not sent.
  var unsaved = false;
  document.querySelectorAll("form[data-guard]").forEach(function (form) {
    form.addEventListener("input", function () { unsaved = true; });
    // A form that came back with errors holds what was typed and was never saved.
    if (summary) { unsaved = true; }
  });
  window.addEventListener("beforeunload", function (event) {
    if (unsaved) { event.preventDefault(); }
  });

  // A second press within a second sends nothing: the first is on its way.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.dataset.sent && Date.now() - Number(form.dataset.sent) < 1000) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = String(Date.now());
    unsaved = false;
  });

  // Running totals of weights, exact: decimals are added as digits, never as binary fractions.
  function exact(text) {
    var match = /^\s*(\d{0,12})(?:\.(\d{1,6}))?\s*%?\s*$/.exec(text);
    if (!match || (!match[1] && !match[2])) { return null; }
    return BigInt(match[1] || "0") * 1000000n + BigInt((match[2] || "").padEnd(6, "0"));
  }
  function shown(millionths) {
    var rest = String(millionths % 1000000n).padStart(6, "0").replace(/0+$/, "");
    return String(millionths / 1000000n) + (rest ? "." + rest : "");
  }
  function total(group) {
    var sum = 0n, unclear = false;
    document.querySelectorAll("[data-weight-group]").forEach(function (input) {
      if (input.dataset.weightGroup !== group || input.value.trim() === "") { return; }
      var part = exact(input.value);
      if (part === null) { unclear = true; } else { sum += part; }
    });
    document.querySelectorAll("[data-weight-total]").forEach(function (output) {
      if (output.dataset.weightTotal !== group) { return; }
      // Fractions such as 33 1/3 are for the server to add up.
      output.textContent = unclear ? "–" : shown(sum);
      output.parentElement.toggleAttribute("data-off", !unclear && sum !== 100000000n);
    });
  }
  document.addEventListener("input", function (event) {
    var group = event.target.dataset && event.target.dataset.weightGroup;
    if (group) { total(group); }
  });
  var groups = new Set();
  document.querySelectorAll("[data-weight-group]").forEach(function (input) { groups.add(input.dataset.weightGroup); });
  groups.forEach(total);

  // On a score sheet a digit chooses the mark; two digits typed together choose a mark of 10 and above.
  var typed = "", typedAt = 0;
  document.addEventListener("keydown", function (event) {
    if (!/^[0-9]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) { return; }
    var marks = event.target.closest && event.target.closest("[data-marks]");
    if (!marks) { return; }
    typed = Date.now() - typedAt < 700 ? typed + event.key : event.key;
    typedAt = Date.now();
    var radios = Array.from(marks.querySelectorAll("input[type=radio]"));
    var wanted = radios.find(function (radio) { return radio.value === typed; }) ||
      radios.find(function (radio) { return radio.value === event.key; });
    if (!wanted) { return; }
    event.preventDefault();
    wanted.checked = true;
    wanted.focus();
    wanted.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // Without a script the browser's own menu prints.
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
})();
