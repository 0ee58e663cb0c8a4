/** A text for people, in both of the product's languages. */
export interface Text {
  readonly en: string
  readonly ja: string
}
