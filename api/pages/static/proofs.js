"use strict";
/* What a reader's own browser needs to check a notice: SHA-256, Ed25519 (RFC 8032), the tree of RFC 6962, signed notes.

   WebCrypto does the work where the browser has it. It has not on an old phone, nor on any page that came without
   encryption; then the same is computed here. No library, and nothing is fetched. Tested against the RFCs' vectors. */

const proofs = (() => {
  const text = new TextEncoder();

  /* Bytes */

  const joined = (...parts) => {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  };
  const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const fromHex = (digits) => Uint8Array.from(digits.match(/../g) || [], (pair) => parseInt(pair, 16));
  const fromBase64 = (encoded) => Uint8Array.from(atob(encoded), (one) => one.charCodeAt(0));
  const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));
  const fromWebBase64 = (encoded) => fromBase64(encoded.replace(/-/g, "+").replace(/_/g, "/"));
  const equal = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

  /* SHA-256 and SHA-512 (FIPS 180-4). The constants are the fractional parts of roots of the first primes; SHA-256 has
     the upper halves of those of SHA-512. */

  const MASK = (1n << 64n) - 1n;
  const primes = [];
  for (let candidate = 2; primes.length < 80; candidate += 1)
    if (primes.every((prime) => candidate % prime)) primes.push(candidate);

  const root = (power, value) => {
    let low = 0n;
    let high = 1n << 70n;
    while (high - low > 1n) {
      const middle = (low + high) >> 1n;
      if (middle ** power <= value) low = middle;
      else high = middle;
    }
    return low;
  };
  const ROUNDS = primes.map((prime) => root(3n, BigInt(prime) << 192n) & MASK);
  const START = primes.slice(0, 8).map((prime) => root(2n, BigInt(prime) << 128n) & MASK);
  const ROUNDS_32 = Uint32Array.from(ROUNDS.slice(0, 64), (word) => Number(word >> 32n));

  /* The message with its 1, zeros and length, in whole blocks. */
  const padded = (message, block, lengthBytes) => {
    const whole = new Uint8Array(Math.ceil((message.length + 1 + lengthBytes) / block) * block);
    whole.set(message);
    whole[message.length] = 0x80;
    new DataView(whole.buffer).setBigUint64(whole.length - 8, BigInt(message.length) * 8n);
    return whole;
  };

  const sha256here = (message) => {
    const whole = new DataView(padded(message, 64, 8).buffer);
    const state = Uint32Array.from(START, (word) => Number(word >> 32n));
    const w = new Uint32Array(64);
    const turned = (word, by) => (word >>> by) | (word << (32 - by));
    for (let at = 0; at < whole.byteLength; at += 64) {
      for (let t = 0; t < 16; t += 1) w[t] = whole.getUint32(at + 4 * t);
      for (let t = 16; t < 64; t += 1) {
        const s0 = turned(w[t - 15], 7) ^ turned(w[t - 15], 18) ^ (w[t - 15] >>> 3);
        const s1 = turned(w[t - 2], 17) ^ turned(w[t - 2], 19) ^ (w[t - 2] >>> 10);
        w[t] = w[t - 16] + s0 + w[t - 7] + s1;
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let t = 0; t < 64; t += 1) {
        const S1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
        const first = (h + S1 + ((e & f) ^ (~e & g)) + ROUNDS_32[t] + w[t]) | 0;
        const S0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
        const second = (S0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
      }
      [a, b, c, d, e, f, g, h].forEach((word, place) => (state[place] += word));
    }
    const digest = new DataView(new ArrayBuffer(32));
    state.forEach((word, place) => digest.setUint32(4 * place, word));
    return new Uint8Array(digest.buffer);
  };

  const sha512here = (message) => {
    const whole = new DataView(padded(message, 128, 16).buffer);
    const state = [...START];
    const turned = (word, by) => ((word >> by) | (word << (64n - by))) & MASK;
    for (let at = 0; at < whole.byteLength; at += 128) {
      const w = Array.from({ length: 16 }, (_, t) => whole.getBigUint64(at + 8 * t));
      for (let t = 16; t < 80; t += 1) {
        const s0 = turned(w[t - 15], 1n) ^ turned(w[t - 15], 8n) ^ (w[t - 15] >> 7n);
        const s1 = turned(w[t - 2], 19n) ^ turned(w[t - 2], 61n) ^ (w[t - 2] >> 6n);
        w.push((w[t - 16] + s0 + w[t - 7] + s1) & MASK);
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let t = 0; t < 80; t += 1) {
        const S1 = turned(e, 14n) ^ turned(e, 18n) ^ turned(e, 41n);
        const first = h + S1 + ((e & f) ^ (~e & MASK & g)) + ROUNDS[t] + w[t];
        const S0 = turned(a, 28n) ^ turned(a, 34n) ^ turned(a, 39n);
        const second = S0 + ((a & b) ^ (a & c) ^ (b & c));
        [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) & MASK, c, b, a, (first + second) & MASK];
      }
      [a, b, c, d, e, f, g, h].forEach((word, place) => (state[place] = (state[place] + word) & MASK));
    }
    const digest = new DataView(new ArrayBuffer(64));
    state.forEach((word, place) => digest.setBigUint64(8 * place, word));
    return new Uint8Array(digest.buffer);
  };

  const native = globalThis.crypto?.subtle;
  const sha256 = async (message) =>
    native ? new Uint8Array(await native.digest("SHA-256", message)) : sha256here(message);

  /* Ed25519 (RFC 8032, 5.1): points as (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z. */

  const P = 2n ** 255n - 19n;
  const L = 2n ** 252n + 27742317777372353535851937790883648493n;
  const modulo = (value, by = P) => ((value % by) + by) % by;
  const raised = (base, exponent) => {
    let result = 1n;
    for (let square = base; exponent; exponent >>= 1n, square = (square * square) % P)
      if (exponent & 1n) result = (result * square) % P;
    return result;
  };
  const inverse = (value) => raised(modulo(value), P - 2n);
  const D = modulo(-121665n * inverse(121666n));
  const NEUTRAL = [0n, 1n, 1n, 0n];

  const sum = ([x1, y1, z1, t1], [x2, y2, z2, t2]) => {
    const a = modulo((y1 - x1) * (y2 - x2));
    const b = modulo((y1 + x1) * (y2 + x2));
    const c = modulo(2n * t1 * t2 * D);
    const d = modulo(2n * z1 * z2);
    const [e, f, g, h] = [b - a, d - c, d + c, b + a];
    return [modulo(e * f), modulo(g * h), modulo(f * g), modulo(e * h)];
  };
  const littleEndian = (bytes) => BigInt(`0x${toHex(Uint8Array.from(bytes).reverse())}`);
  const encoded = ([x, y, z]) => {
    const scale = inverse(z);
    const bytes = fromHex(modulo(y * scale).toString(16).padStart(64, "0")).reverse();
    bytes[31] |= Number(modulo(x * scale) & 1n) << 7;
    return bytes;
  };
  /* The point that 32 bytes say; null where they say none. */
  const decoded = (bytes) => {
    const number = littleEndian(bytes);
    const y = number & (2n ** 255n - 1n);
    if (y >= P) return null;
    const u = modulo(y * y - 1n);
    const v = modulo(D * y * y + 1n);
    let x = (((u * v ** 3n) % P) * raised((u * v ** 7n) % P, (P - 5n) / 8n)) % P;
    if ((v * x * x) % P !== u) x = (x * raised(2n, (P - 1n) / 4n)) % P;
    if ((v * x * x) % P !== u) return null;
    const odd = number >> 255n;
    if (x === 0n && odd) return null;
    if ((x & 1n) !== odd) x = P - x;
    return [x, y, 1n, (x * y) % P];
  };
  const BASE = decoded(fromHex(`58${"66".repeat(31)}`));

  /* Whether [s]B − [h]A is R, as OpenSSL and the browsers have it. */
  const verifiedHere = (publicKey, message, signature) => {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    const point = decoded(publicKey);
    const s = littleEndian(signature.slice(32));
    if (!point || s >= L) return false;
    const h = littleEndian(sha512here(joined(signature.slice(0, 32), publicKey, message))) % L;
    const minus = [modulo(-point[0]), point[1], point[2], modulo(-point[3])];
    const adding = [null, BASE, minus, sum(BASE, minus)];
    let reached = NEUTRAL;
    for (let bit = 252n; bit >= 0n; bit -= 1n) {
      reached = sum(reached, reached);
      const which = adding[Number(((s >> bit) & 1n) | (((h >> bit) & 1n) << 1n))];
      if (which) reached = sum(reached, which);
    }
    return equal(encoded(reached), signature.slice(0, 32));
  };

  const verified = async (publicKey, message, signature) => {
    let key;
    try {
      key = await native.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
    } catch {
      return verifiedHere(publicKey, message, signature); // no WebCrypto, or none that knows Ed25519
    }
    return native.verify({ name: "Ed25519" }, key, signature, message);
  };

  /* The tree of RFC 6962; proofs are checked as RFC 9162, 2.1.3.2 and 2.1.4.2, has it. Sizes go beyond 32 bits. */

  const leafOf = (...parts) => sha256(joined([0], ...parts));
  const nodeOf = (left, right) => sha256(joined([1], left, right));
  const half = (value) => Math.floor(value / 2);

  const rootOf = async (leaves) => {
    if (leaves.length === 0) return sha256(new Uint8Array());
    let level = leaves;
    while (level.length > 1) {
      const pairs = [];
      for (let at = 0; at + 1 < level.length; at += 2) pairs.push(nodeOf(level[at], level[at + 1]));
      level = [...(await Promise.all(pairs)), ...(level.length % 2 ? level.slice(-1) : [])];
    }
    return level[0];
  };

  const included = async (leaf, index, size, proof, expected) => {
    if (!(index >= 0 && index < size)) return false;
    let [place, last, computed] = [index, size - 1, leaf];
    for (const step of proof) {
      if (last === 0) return false;
      if (place % 2 || place === last) {
        computed = await nodeOf(step, computed);
        while (place % 2 === 0 && place) [place, last] = [half(place), half(last)];
      } else computed = await nodeOf(computed, step);
      [place, last] = [half(place), half(last)];
    }
    return last === 0 && equal(computed, expected);
  };

  const consistent = async (oldSize, oldRoot, size, newRoot, proof) => {
    if (!(oldSize >= 1 && oldSize <= size)) return false;
    if (oldSize === size) return proof.length === 0 && equal(oldRoot, newRoot);
    const whole = (BigInt(oldSize) & BigInt(oldSize - 1)) === 0n; // a power of two: the old root is a node
    const steps = whole ? [oldRoot, ...proof] : proof;
    if (steps.length === 0) return false;
    let [place, last] = [oldSize - 1, size - 1];
    while (place % 2) [place, last] = [half(place), half(last)];
    let [before, now] = [steps[0], steps[0]];
    for (const step of steps.slice(1)) {
      if (last === 0) return false;
      if (place % 2 || place === last) {
        before = await nodeOf(step, before);
        now = await nodeOf(step, now);
        while (place % 2 === 0 && place) [place, last] = [half(place), half(last)];
      } else now = await nodeOf(now, step);
      [place, last] = [half(place), half(last)];
    }
    return last === 0 && equal(before, oldRoot) && equal(now, newRoot);
  };

  /* Signed notes and checkpoints (C2SP); keys as name+key ID+base64(type, public key). */

  const headText = (origin, size, headRoot) => `${origin}\n${size}\n${toBase64(headRoot)}\n`;
  const parsedNote = (note) => {
    const end = note.lastIndexOf("\n\n");
    const said = note.slice(0, end + 1);
    const [origin, size, headRoot] = said.split("\n");
    const signatures = note
      .slice(end + 2)
      .split("\n")
      .filter((line) => line.startsWith("— "))
      .map((line) => line.split(" "))
      .map(([, name, bytes]) => ({ name, keyId: toHex(fromBase64(bytes).slice(0, 4)), bytes: fromBase64(bytes).slice(4) }));
    if (end < 0 || !/^(0|[1-9]\d*)$/.test(size) || said !== headText(origin, size, fromBase64(headRoot)))
      throw new Error("The note is no signed head.");
    return { text: said, origin, size: Number(size), root: fromBase64(headRoot), signatures };
  };
  const vkeyOf = async (name, publicKey) => {
    const keyId = toHex((await sha256(joined(text.encode(`${name}\n`), [1], publicKey))).slice(0, 4));
    return `${name}+${keyId}+${toBase64(joined([1], publicKey))}`;
  };
  const publicOf = (vkey) => fromBase64(vkey.slice(vkey.indexOf("+", vkey.indexOf("+") + 1) + 1)).slice(1);
  const fingerprintOf = async (vkey) => toHex(await sha256(text.encode(vkey))).slice(0, 40);
  /* The first of the keys whose signature of the note holds; null where there is none. */
  const signerOf = async (note, vkeys) => {
    for (const vkey of vkeys) {
      const [name, keyId] = vkey.split("+");
      const publicKey = publicOf(vkey);
      if (name !== note.origin || vkey !== (await vkeyOf(name, publicKey))) continue;
      for (const { name: signer, keyId: id, bytes } of note.signatures)
        if (signer === name && id === keyId && (await verified(publicKey, text.encode(note.text), bytes))) return vkey;
    }
    return null;
  };

  return {
    ...{ consistent, equal, fingerprintOf, fromBase64, fromWebBase64, fromHex, headText, included, joined, leafOf },
    ...{ nodeOf, parsedNote, rootOf, sha256, sha256here, sha512here, signerOf, text, toHex, verified, verifiedHere, vkeyOf },
  };
})();
