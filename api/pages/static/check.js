"use strict";
/* Checks a notice against the signed head that stands on its paper (docs/decisions/0014). What the server says is only
   material: each step tells whether it follows from the paper, and why not. The page stays usable without a network. */

const MOST_DIGITS = 64;
const FEWEST_DIGITS = 40; // two histories whose roots share 16 digits are found in 20 minutes (DESIGN §4)
const ENTRY = "mingzhang/event/v1";
const HEADER = "notice-published/v1";
const KEPT = "mingzhang-check"; // as in check-worker.js

/* The paper */

const decoded = (encoded) => new TextDecoder("utf-8", { fatal: true }).decode(proofs.fromWebBase64(encoded));

/* What the code on a notice says behind `#`: a signed head, or only which notice it is; null where it says nothing. */
const paperOf = (fragment) => {
  const said = new URLSearchParams(fragment);
  if (!said.get("n")) return null;
  const notice = decoded(said.get("n"));
  if (!said.get("g")) return { notice };
  return {
    notice,
    origin: decoded(said.get("o")),
    size: Number(said.get("s")),
    root: proofs.fromWebBase64(said.get("r")),
    key: proofs.fromWebBase64(said.get("k")),
    signature: proofs.fromWebBase64(said.get("g")),
  };
};

/* The digits that somebody typed, or the reason why they are refused. */
const digitsOf = (typed) => {
  const digits = typed.normalize("NFKC").toLowerCase().replace(/[\s\-–—·.,:]/g, "");
  if (!/^[0-9a-f]*$/.test(digits)) return { refused: "strange" };
  if (digits.length < FEWEST_DIGITS) return { refused: "short", count: digits.length };
  return digits.length > MOST_DIGITS ? { refused: "long", count: digits.length } : { digits };
};

/* The steps: each gives an outcome, by which its words are found, and whether it is good, bad or cannot be known. */

const good = (outcome = "good", figures = {}) => ({ verdict: "good", outcome, figures });
const bad = (outcome, figures = {}) => ({ verdict: "bad", outcome, figures });
const unsure = (outcome, figures = {}) => ({ verdict: "open", outcome, figures });

const matched = (paper, told) => {
  const there = proofs.toHex(told.root);
  if (paper.digits) return there.startsWith(paper.digits) ? good("typed", { count: paper.digits.length }) : bad("other");
  return proofs.equal(paper.root, told.root) ? good("code") : bad("other");
};

const signed = async (paper, told) => {
  const vkeys = told.keys.map((key) => key.vkey);
  if (paper.digits) {
    const notes = told.note ? [told.note, told.newest] : [told.newest];
    const signers = await Promise.all(notes.map((note) => proofs.signerOf(note, vkeys)));
    if (signers.includes(null)) return bad("flipped");
    return good("typed", { fingerprint: await proofs.fingerprintOf(signers[0]) });
  }
  const text = proofs.headText(paper.origin, paper.size, paper.root);
  const figures = { fingerprint: await proofs.fingerprintOf(await proofs.vkeyOf(paper.origin, paper.key)) };
  return (await proofs.verified(paper.key, proofs.text.encode(text), paper.signature))
    ? good("code", figures)
    : bad("flipped", figures);
};

const goesOn = async (paper, told) => {
  const { newest } = told;
  const figures = { size: paper.size, newest: newest.size };
  if (paper.origin !== newest.origin) return bad("foreign", figures);
  if (newest.size < paper.size) return bad("shorter", figures);
  const ours = paper.key ? await proofs.vkeyOf(paper.origin, paper.key) : null;
  const signer = await proofs.signerOf(newest, [...(ours ? [ours] : []), ...told.keys.map((key) => key.vkey)]);
  if (signer === null) return bad("unsigned", figures);
  const { size, consistency } = told;
  if (size !== paper.size || !(await proofs.consistent(size, paper.root, newest.size, newest.root, consistency)))
    return bad("rewritten", figures);
  if (ours && signer !== ours) return good("rotated", { ...figures, fingerprint: await proofs.fingerprintOf(signer) });
  return good(newest.size === size ? "same" : "good", figures);
};

/* What the header's entry says, once it is shown to be in the paper's tree. */
const headed = async (paper, told) => {
  if (!told.header) return unsure("withheld");
  const { position, entry, inclusion } = told.header;
  const figures = { position };
  if (!(await proofs.included(await proofs.leafOf(entry), position - 1, paper.size, inclusion, paper.root)))
    return bad("outside", figures);
  const [heading, , topic, ...state] = new TextDecoder().decode(entry).split("\n");
  const header = JSON.parse(state.join("\n"));
  if (heading !== ENTRY || topic !== HEADER || header.notice_no !== paper.notice) return bad("another", figures);
  return { ...good("good", { ...figures, title: header.title || header.notice_no }), header };
};

const HEX_32 = /^[0-9a-f]{32}$/;
const HEX_64 = /^[0-9a-f]{64}$/;

const checkedLine = async ({ line_no: number, leaf, salt, text }) => {
  if (!HEX_64.test(leaf || "")) return { number, verdict: "open" };
  if (text === null || salt === null) return { number, leaf: proofs.fromHex(leaf), verdict: "erased" };
  const computed = HEX_32.test(salt) ? await proofs.leafOf(proofs.fromHex(salt), proofs.text.encode(text)) : [];
  const same = proofs.toHex(computed) === leaf;
  return { number, leaf: proofs.fromHex(leaf), says: JSON.parse(text), verdict: same ? "good" : "bad" };
};

const listed = async (header, lines) => {
  const figures = { lines: lines.length, erased: lines.filter((line) => line.verdict === "erased").length };
  if (!header || !header.board_root || lines.some((line) => line.verdict === "open")) return unsure("unbound", figures);
  const wrong = lines.filter((line) => line.verdict === "bad").map((line) => line.number);
  if (wrong.length) return bad("changed", { ...figures, wrong: wrong.join(", ") });
  if (proofs.toHex(await proofs.rootOf(lines.map((line) => line.leaf))) !== header.board_root) return bad("others", figures);
  if (lines.some((line, at) => line.says && line.says.line_no !== at + 1)) return bad("others", figures);
  return good(figures.erased ? "erased" : "good", figures);
};

const summed = (header, lines) => {
  if (!header || !Number.isInteger(header.line_count)) return unsure("unknown");
  const sum = lines.reduce((all, line) => all + (line.says ? line.says.amount_fen : 0), 0);
  const figures = { lines: lines.length, count: header.line_count, sum: yuan(sum), total: yuan(header.total_fen) };
  if (lines.length !== header.line_count) return bad("count", figures);
  if (lines.some((line) => !line.says)) return unsure("erased", figures);
  return sum === header.total_fen ? good("good", figures) : bad("total", figures);
};

/* Every step, in the order in which they are shown. A step that breaks on what the server sent has failed. */
const checked = async (paper, sent) => {
  const told = { ...sent, root: proofs.fromHex(sent.root), newest: proofs.parsedNote(sent.newest) };
  told.note = sent.note && proofs.parsedNote(sent.note);
  told.consistency = sent.consistency.map(proofs.fromBase64);
  if (sent.header)
    told.header = {
      ...sent.header,
      entry: proofs.fromBase64(sent.header.entry),
      inclusion: sent.header.inclusion.map(proofs.fromBase64),
    };
  const { origin } = told.newest;
  const trusted = paper.digits ? { ...paper, origin, size: paper.size || told.size, root: told.root } : paper;
  const steps = { paper: matched(trusted, told) };
  steps.signature = await signed(trusted, told);
  steps.newest = await goesOn(trusted, told);
  steps.header = await headed(trusted, told).catch(() => bad("another"));
  const lines = await Promise.all(sent.lines.map(checkedLine));
  const { header } = steps.header;
  steps.lines = await listed(header, lines);
  steps.sums = summed(header, lines);
  return { steps, lines, head: trusted, state: sent.state, kept: sent.kept };
};

/* What is shown */

const yuan = (fen) => {
  const [whole, part] = [Math.trunc(fen / 100), String(Math.abs(fen % 100)).padStart(2, "0")];
  return `¥${thousands(whole)}.${part}`;
};
const thousands = (whole) => String(whole).replace(/\B(?=(\d{3})+$)/g, ",");
const spelled = (value) => {
  if (typeof value === "number") return thousands(value);
  return HEX_64.test(value) || /^[0-9a-f]{40}$/.test(value) ? value.match(/.{4}/g).join(" ") : value;
};

const page = document.getElementById("check");
const form = page.querySelector("form");
const result = page.querySelector("[data-result]");

const only = (box, name, value) => {
  for (const part of box.querySelectorAll(`[data-${name}]`)) part.hidden = part.getAttribute(`data-${name}`) !== value;
};
const fill = (box, figures) => {
  for (const [name, value] of Object.entries(figures))
    for (const place of box.querySelectorAll(`[data-figure="${name}"]`)) place.textContent = spelled(value);
};

/* One of the page's own words: a refusal, or why nothing could be checked. */
const say = (which, figures = {}) => {
  const box = page.querySelector("[data-said]");
  box.hidden = which === null;
  only(box, "word", which);
  fill(box, figures);
};

const MARKS = { good: "✓", bad: "✗", open: "–", erased: "–" };

const row = ({ number, says, verdict }) => {
  const line = document.createElement("tr");
  line.dataset.verdict = verdict;
  line.setAttribute("role", "row");
  const told = says || {};
  const erased = page.querySelector("[data-erased]").textContent;
  const cells = [number, [told.village, told.hamlet], [says ? told.name : erased, told.id_no], told.period];
  for (const [place, cell] of [...cells, says ? yuan(told.amount_fen) : "", MARKS[verdict]].entries()) {
    const box = document.createElement("td");
    box.setAttribute("role", "cell");
    const parts = Array.isArray(cell) ? cell.filter(Boolean) : [cell ?? ""];
    parts.forEach((part, at) => {
      const span = document.createElement("span");
      span.textContent = `${at ? " " : ""}${part}`;
      box.append(span);
    });
    box.className = ["line-no", "line-village", "line-name", "line-period", "line-amount num", "line-mark"][place];
    line.append(box);
  }
  return line;
};

const show = ({ steps, lines, head, state, kept }, milliseconds) => {
  const { fingerprint = "" } = steps.signature.figures;
  fill(result, { size: head.size, root: proofs.toHex(head.root), fingerprint, milliseconds: Math.ceil(milliseconds) });
  for (const [name, { verdict, outcome, figures }] of Object.entries(steps)) {
    const box = result.querySelector(`[data-step="${name}"]`);
    box.dataset.verdict = verdict;
    box.querySelector("[data-mark]").textContent = MARKS[verdict];
    only(box, "outcome", outcome);
    fill(box, figures);
  }
  const verdicts = Object.values(steps).map((step) => step.verdict);
  const whole = verdicts.includes("bad") ? "bad" : verdicts.includes("open") ? "open" : "good";
  result.dataset.verdict = whole;
  only(result, "whole", whole);
  only(result, "state", ["withdrawn", "objection_open"].includes(state) ? state : "");
  result.querySelector("[data-kept]").hidden = !kept;
  result.querySelector("tbody").replaceChildren(...lines.map(row));
  result.hidden = false;
  result.dataset.milliseconds = milliseconds;
  performance.mark("checked");
};

/* The server's part, and what stands in for it */

const addressOf = (notice, size) =>
  `/api/v1/notices/${encodeURIComponent(notice)}/proof${size ? `?size=${encodeURIComponent(size)}` : ""}`;

const asked = async (notice, size) => {
  const answer = await fetch(addressOf(notice, size), { cache: "no-cache" });
  if (answer.ok) return { ...(await answer.json()), kept: answer.headers.has("Mingzhang-Kept") };
  if (answer.status === 404 && size) return asked(notice, null); // a ledger that is shorter than the paper says so
  throw new Error(answer.status === 404 ? "unknown" : answer.status === 409 ? "unsigned" : "failed");
};

let paper = null;

const check = async (given, sent = null) => {
  paper = given;
  result.hidden = true;
  say("working");
  try {
    const told = sent || (await asked(given.notice, given.size));
    const began = performance.now();
    const found = await checked(given, told);
    if (paper !== given) return; // somebody asked for another meanwhile
    show(found, performance.now() - began);
    say(null);
    const link = page.querySelector("[data-keep]");
    URL.revokeObjectURL(link.href);
    link.href = URL.createObjectURL(new Blob([JSON.stringify(told)], { type: "application/json" }));
  } catch (fault) {
    if (paper !== given) return;
    const words = ["unknown", "unsigned", "failed"];
    say(words.includes(fault.message) ? fault.message : fault instanceof TypeError ? "offline" : "garbled");
  }
};

const typed = () => {
  const told = digitsOf(form.elements.root.value);
  if (told.refused) {
    say(told.refused, { count: told.count });
    form.elements.root.setAttribute("aria-invalid", "true");
    form.elements.root.focus();
    return null;
  }
  form.elements.root.removeAttribute("aria-invalid");
  const size = form.elements.size.value.normalize("NFKC").replace(/[\s,]/g, "");
  return { notice: form.elements.notice.value.trim(), size: Number(size) || null, digits: told.digits };
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  result.hidden = true;
  const given = typed();
  if (given) check(given);
});

/* A proof that was kept in a file is as good as one from the server: neither is believed. */
page.querySelector("[data-open]").addEventListener("change", async ({ target }) => {
  const given = paper?.signature ? paper : typed();
  if (!given || !target.files.length) return;
  const sent = await target.files[0].text().then(JSON.parse).catch(() => ({}));
  await check({ ...given, notice: given.notice || sent.notice_no }, { ...sent, kept: true });
  target.value = "";
});

const begin = async () => {
  let given = null;
  try {
    given = paperOf(location.hash.slice(1));
  } catch {
    say("torn");
  }
  form.elements.notice.value = given?.notice ?? form.elements.notice.value;
  if (given?.signature) await check(given);
};

/* Kept for when there is no network: this page, its files, and every proof that was looked at (check-worker.js). */
const keep = async () => {
  await navigator.serviceWorker.register(page.dataset.worker, { scope: "/check" });
  const files = Array.from(document.querySelectorAll("script[src], link[rel=stylesheet], link[rel=icon]"));
  const kept = await caches.open(KEPT);
  const looked = paper ? [addressOf(paper.notice, paper.size)] : []; // before the worker was there to keep it
  for (const address of ["/check", ...files.map((file) => file.src || file.href), ...looked]) {
    const answer = await fetch(address);
    if (/no-store/.test(answer.headers.get("Cache-Control"))) return "none"; // somebody is signed in
    if (answer.ok) await kept.put(address, answer);
  }
  return "ready";
};

page.querySelector("[data-scriptless]").hidden = true; // this script runs
addEventListener("hashchange", begin);
const settle = (state) => (page.dataset.offline = state);
begin().then(() => {
  if (navigator.serviceWorker && globalThis.caches) keep().then(settle, () => settle("none"));
  else settle("none");
});
