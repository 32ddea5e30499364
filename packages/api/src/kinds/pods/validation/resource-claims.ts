/** Claims of devices that a pod brings for its containers. */
import { duplicate, invalid, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { PodResourceClaim } from '../../../generated/types.ts';
import { goStruct } from '../../../go-literal.ts';
import { defaultNameProblems, problemsAt } from '../../../metadata.ts';
import { dns1123LabelProblems } from '../../../names.ts';

export function claimNamesOf(claims: readonly PodResourceClaim[]): ReadonlySet<string> {
  return new Set(claims.map(({ name }) => name).filter((name) => name !== ''));
}

export function validateResourceClaims(
  claims: readonly PodResourceClaim[],
  field: string,
): FieldError[] {
  const names = new Set<string>();
  return claims.flatMap((claim, index) => {
    const at = `${field}[${index}]`;
    const { name, resourceClaimName: ofClaim, resourceClaimTemplateName: ofTemplate } = claim;
    const errors: FieldError[] = [];
    if (name === '') errors.push(required(`${at}.name`));
    else if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    else errors.push(...problemsAt(`${at}.name`, name, dns1123LabelProblems(name)));
    names.add(name);
    const refuse = (why: string) =>
      errors.push(invalid(at, goStruct('core.PodResourceClaim'), why));
    if (ofClaim !== undefined && ofTemplate !== undefined) {
      refuse('at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified');
    } else if (ofClaim === undefined && ofTemplate === undefined) {
      refuse('must specify one of: `resourceClaimName`, `resourceClaimTemplateName`');
    }
    for (const key of ['resourceClaimName', 'resourceClaimTemplateName'] as const) {
      const other = claim[key];
      if (other === undefined) continue;
      errors.push(...problemsAt(`${at}.${key}`, other, defaultNameProblems(other)));
    }
    return errors;
  });
}
