/** Texts of the sorts that rules ask for. */
import * as fc from 'fast-check';

const counted = (prefix: string) => fc.nat({ max: 99 }).map((number) => `${prefix}${number}`);

/** DNS-1123 label; a DNS-1035 label too. */
export const label = fc.oneof(fc.constantFrom('a', 'web', 'x-1'), counted('name-'));
export const subdomain = fc.oneof(
  label,
  label.map((one) => `${one}.example.com`),
);
/** Of a label, an annotation, a topology: a name, perhaps with the domain of its owner. */
export const qualifiedName = fc.oneof(
  fc.constantFrom('app', 'Tier', 'a.b_c-1'),
  label.map((one) => `example.com/${one}`),
);
export const ownedName = label.map((one) => `example.com/${one}`);
export const labelValue = fc.oneof(fc.constantFrom('', '1', 'A_b.c'), label);
export const portName = fc.constantFrom('http', 'p-1', 'metrics');
export const portNumber = fc.integer({ min: 1, max: 65_535 });
export const port = fc.oneof(portNumber, portName);
export const ipv4 = fc.nat({ max: 250 }).map((number) => `10.1.2.${number}`);
const ipv6 = fc.nat({ max: 250 }).map((number) => `2001:db8::${number.toString(16)}`);
export const ip = fc.oneof(ipv4, ipv6);
export const cidr = fc.constantFrom('10.0.0.0/8', '192.168.4.0/24', '2001:db8::/64');
export const absolutePath = label.map((one) => `/${one}/data`);
export const relativePath = label.map((one) => `${one}/data.txt`);
export const configKey = fc.constantFrom('key', 'app.conf', 'KEY_1', '.hidden');
export const environmentName = fc.constantFrom('HOME', 'A_1', 'with.dots', 'with-dash');
export const sentence = fc.oneof(
  fc.constantFrom('Because.', 'für Menschen', '漢字 🙂', 'quote " and \\ and \t'),
  fc.string({ maxLength: 8, unit: 'grapheme-ascii' }),
);
export const amount = fc.constantFrom('1', '250m', '1Gi', '3e3', '0.5', '64Mi');
export const wholeAmount = fc.constantFrom('1', '3', '10', '1k');
export const percent = fc.integer({ min: 1, max: 99 }).map((number) => `${number}%`);
/** Of pods, a number or a part, never none. */
export const share = fc.oneof(fc.integer({ min: 1, max: 9 }), percent);
export const small = fc.nat({ max: 50 });
export const positive = fc.integer({ min: 1, max: 50 });
export const fileMode = fc.integer({ min: 0, max: 0o777 });
export const userId = fc.nat({ max: 2_147_483_647 });
