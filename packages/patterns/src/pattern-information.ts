/**
 * How much a pattern tells, in bits: what it contributes to the total correlation (Watanabe, IBM J. Res. Dev. 1960) between the
 * presence of its items and the class,
 *
 * `Σ_c P(X, c) · log₂( P(X, c) / (P(c) · ∏ᵢ P(xᵢ)) )  =  P(X) · ( log₂ lift(X) + KL( P(c | X) ‖ P(c) ) )`
 *
 * with `lift(X) = P(X) / ∏ᵢ P(xᵢ)`. A pattern gains by covering many images, by items that come together more often than chance,
 * by being long, and by classes that differ from the data set's; items that nearly all images have add nothing.
 *
 * @param counts Images: in all, with the pattern, with each single item, and per class with the pattern and in all.
 * @returns Bits; 0 for a pattern that no image has, negative for one rarer than chance.
 */
export function patternInformation(counts: {
  readonly images: number
  readonly support: number
  readonly itemSupports: readonly number[]
  readonly classCounts: ArrayLike<number>
  readonly classTotals: ArrayLike<number>
}): number {
  const { images, support, itemSupports, classCounts, classTotals } = counts
  if (support === 0) return 0
  const share = support / images
  let bits = Math.log2(share)
  for (const itemSupport of itemSupports) bits -= Math.log2(itemSupport / images)
  for (let c = 0; c < classCounts.length; c++) {
    const withinPattern = classCounts[c]! / support
    if (withinPattern > 0) bits += withinPattern * Math.log2((withinPattern * images) / classTotals[c]!)
  }
  return share * bits
}
