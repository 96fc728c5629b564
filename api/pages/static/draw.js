"use strict";
/* Recomputes a spot check's draw in the reader's own browser (DOMAIN §7). The page works without it.

   root  = SHA256(ids joined by line feeds)
   seed  = SHA256("spotcheck-draw/v1|" + plan + "|" + root + "|" + randomness)
   srs   = the first n ids by SHA256(seed + "|" + id)
   mus   = the items hit by start, start + J, …; start = int(SHA256(seed + "|mus-start")) mod J + 1

   Nothing of what the server says about the draw is believed: it is only compared at the end. */

const AT_ONCE = 500; // digests that run side by side

const sha256 = async (text) => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
};

const frozenItems = async (address) => {
  const answer = await fetch(address, { cache: "no-store" });
  if (!answer.ok) throw new Error(`The list could not be fetched: ${answer.status}.`);
  const lines = (await answer.text()).split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const [id, amount] = line.split("\t");
    return { id, amountFen: BigInt(amount) };
  });
};

const simpleSample = async (seed, ids, n, told) => {
  const hashed = [];
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const some = ids.slice(start, start + AT_ONCE);
    const hashes = await Promise.all(some.map((id) => sha256(`${seed}|${id}`)));
    some.forEach((id, place) => hashed.push([hashes[place], id]));
    told(hashed.length / ids.length);
  }
  hashed.sort((one, other) => (one[0] < other[0] ? -1 : one[0] > other[0] ? 1 : one[1] < other[1] ? -1 : 1));
  return hashed.slice(0, n).map(([, id]) => id);
};

const monetarySample = async (seed, items, interval) => {
  let hit = (BigInt(`0x${await sha256(`${seed}|mus-start`)}`) % interval) + 1n;
  let reached = 0n;
  const sample = [];
  for (const { id, amountFen } of items) {
    reached += amountFen;
    if (hit <= reached) {
      sample.push(id);
      hit += ((reached - hit) / interval + 1n) * interval;
    }
  }
  return sample;
};

const recompute = async (plan, told) => {
  const items = await frozenItems(plan.items);
  const ids = items.map((item) => item.id);
  const root = await sha256(ids.join("\n"));
  const seed = await sha256(`spotcheck-draw/v1|${plan.plan}|${root}|${plan.randomness}`);
  const sample =
    plan.method === "mus"
      ? await monetarySample(seed, items, BigInt(plan.interval))
      : await simpleSample(seed, ids, Number(plan.n), told);
  return { root, seed, sample: sample.join(" ") };
};

const grouped = (text) => (/^[0-9a-f]{64}$/.test(text) ? text.match(/.{4}/g).join(" ") : text);

const show = (box, state) => {
  for (const part of box.querySelectorAll("[data-state]")) part.hidden = part.dataset.state !== state;
};

const report = (box, computed, said) => {
  for (const row of box.querySelectorAll("[data-part]")) {
    const part = row.dataset.part;
    const same = computed[part] === said[part];
    row.querySelector("[data-same]").hidden = !same;
    row.querySelector("[data-different]").hidden = same;
    row.querySelector("[data-value]").textContent = grouped(computed[part]);
  }
  show(box, "done");
};

const prepare = (box) => {
  const said = {
    root: box.dataset.root,
    seed: box.dataset.seed,
    sample: Array.from(document.querySelectorAll(".sample code"), (code) => code.textContent).join(" "),
  };
  const button = box.querySelector("[data-run]");
  const progress = box.querySelector("progress");
  box.hidden = false;
  if (!globalThis.crypto?.subtle) {
    button.hidden = true;
    show(box, "insecure");
    return;
  }
  button.addEventListener("click", async () => {
    button.disabled = true;
    show(box, "running");
    try {
      report(box, await recompute(box.dataset, (part) => (progress.value = part)), said);
    } catch {
      show(box, "failed");
    }
    button.disabled = false;
  });
};

const box = document.getElementById("draw");
if (box) prepare(box);
