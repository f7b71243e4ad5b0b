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

  // On a score sheet a digit chooses the mark, while the marks have the focus; digits typed together choose a mark such as 10
  // or 2.5. Then the explanation has the focus: at once, or where a longer mark may follow once nothing does.
  var typed = "", typedAt = 0, waiting = 0;
  function explain(marks) {
    window.clearTimeout(waiting);
    var area = marks.closest("form").querySelector("textarea");
    if (area && marks.contains(document.activeElement)) { area.focus(); }
  }
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) { return; }
    var marks = event.target.closest && event.target.closest("[data-marks]");
    if (!marks) { return; }
    if (!/^[0-9.,]$/.test(event.key)) {
      // The first letter of the explanation goes where it belongs.
      if (typed && /\S/.test(event.key)) { explain(marks); }
      return;
    }
    var key = event.key === "," ? "." : event.key;
    typed = Date.now() - typedAt < 700 ? typed + key : key;
    typedAt = Date.now();
    var radios = Array.from(marks.querySelectorAll("input[type=radio]"));
    var wanted = radios.find(function (radio) { return radio.value === typed; }) ||
      radios.find(function (radio) { return radio.value === key; });
    event.preventDefault();
    if (!wanted) { return; }
    wanted.checked = true;
    wanted.focus();
    wanted.dispatchEvent(new Event("input", { bubbles: true }));
    window.clearTimeout(waiting);
    var longer = radios.some(function (radio) { return radio !== wanted && radio.value.indexOf(typed) === 0; });
    if (longer) { waiting = window.setTimeout(explain, 700, marks); } else { explain(marks); }
  });

  // The marks have the focus when an answer is opened, so that its digit is the first key; Ctrl and Enter saves and goes on.
  document.querySelectorAll("form[data-mark]").forEach(function (form) {
    var radio = form.querySelector("[data-marks] input:checked") || form.querySelector("[data-marks] input");
    form.querySelector("[data-keys]").hidden = false;
    if (radio && !summary && !window.location.hash) { radio.focus({ preventScroll: true }); }
    form.addEventListener("keydown", function (event) {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) { return; }
      event.preventDefault();
      form.requestSubmit(form.querySelector("button[name=then][value=next]"));
    });
  });

  // What is being written is kept on the server a moment after the last key.
  document.querySelectorAll("form[data-draft]").forEach(function (form) {
    var timer = 0, told = form.querySelector("[data-kept]");
    form.addEventListener("input", function () {
      window.clearTimeout(timer);
      timer = window.setTimeout(function () {
        fetch(form.dataset.draft, { method: "POST", body: new URLSearchParams(new FormData(form)) })
          .then(function (answer) {
            told.textContent = answer.ok ? "Draft saved." : "The draft could not be saved.";
            if (answer.ok) { unsaved = false; }
          }, function () { told.textContent = "The draft could not be saved."; });
      }, 1200);
    });
    form.addEventListener("submit", function () { window.clearTimeout(timer); });
  });

  // Without a script the browser's own menu prints.
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
})();
