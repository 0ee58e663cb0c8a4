/** A stream of random numbers that is the same for the same key, on every machine. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number
}

/**
 * A stream of its own for every key, so that what happens to one account, or in one respect, never
 * shifts what happens in another.
 *
 * The generator is sfc32 (C. Doty-Humphrey, PractRand), 128 bits of state, started from a hash of
 * the key.
 */
export function randomStream(...key: readonly (string | number)[]): Random {
  let [a, b, c, counter] = hash128(key.join('/'))
  const nextBits = () => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return t >>> 0
  }
  for (let i = 0; i < 12; i++) nextBits()
  return { next: () => nextBits() / 4_294_967_296 }
}

/** Four 32-bit words in which every character of the text counts. */
function hash128(text: string): [number, number, number, number] {
  const words: [number, number, number, number] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 1]
  const mix = [0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f, 0x165667b1] as const
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    words[0] = Math.imul(words[0] ^ unit, mix[0])
    words[1] = Math.imul(words[1] ^ (unit + words[0]), mix[1])
    words[2] = Math.imul(words[2] ^ (unit + words[1]), mix[2])
    words[3] = Math.imul(words[3] ^ (unit + words[2]), mix[3])
    words[0] ^= words[3] >>> 15
  }
  return words
}

export function uniform(random: Random, from: number, to: number): number {
  return from + (to - from) * random.next()
}

/** A whole number from `from` to `to`, both included. */
export function whole(random: Random, from: number, to: number): number {
  return from + Math.floor(random.next() * (to - from + 1))
}

export function chance(random: Random, probability: number): boolean {
  return random.next() < probability
}

export function pick<const T extends readonly [unknown, ...unknown[]]>(
  random: Random,
  items: T,
): T[number] {
  return items[Math.floor(random.next() * items.length)]
}

/** One of the keys, each as often as its weight says. */
export function weighted<const K extends string>(
  random: Random,
  items: readonly [readonly [K, number], ...(readonly [K, number])[]],
): K {
  const total = items.reduce((sum, [, weight]) => sum + weight, 0)
  let left = random.next() * total
  for (const [key, weight] of items) {
    left -= weight
    if (left < 0) return key
  }
  return items[0][0]
}

/** Standard normal (Box–Muller); always takes two numbers from the stream. */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()))
  return radius * Math.cos(2 * Math.PI * random.next())
}

/** Exponential with mean 1. */
export function exponential(random: Random): number {
  return -Math.log(1 - random.next())
}

/** Poisson (Knuth); meant for small means. */
export function poisson(random: Random, mean: number): number {
  const limit = Math.exp(-mean)
  let product = random.next()
  let count = 0
  while (product > limit) {
    product *= random.next()
    count += 1
  }
  return count
}
