/** A property does not hold. The text up to the first colon names the property. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** What a shrunk run must still break to count as the same failure. */
export const propertyOf = (violation: string) => violation.split(':')[0]!.replaceAll(/\d+/g, 'N');
