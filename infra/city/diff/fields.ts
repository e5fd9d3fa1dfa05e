/** Everything that a city says, field by field: what is compared is what is there, so that no new field can be forgotten. */

/** One field of one element, before and after; empty where it is not. */
export interface InventoryChange {
  readonly element: string;
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

/** Values by the path of their field, as `name.vi`; lists of plain values are one field. */
export type Fields = ReadonlyMap<string, string>;

/** The fields of a part of the model, without those that its name says already. */
export function fieldsOf(part: object, without: readonly string[] = []): Fields {
  return new Map(leaves(part).filter(([path]) => !without.includes(path) && !without.includes(path.split('.')[0] ?? '')));
}

/** What differs in the fields of one element. */
export function changesOf(element: string, before: Fields, after: Fields): readonly InventoryChange[] {
  const fields = [...new Set([...before.keys(), ...after.keys()])];
  return fields
    .map(field => ({ element, field, before: before.get(field) ?? '', after: after.get(field) ?? '' }))
    .filter(change => change.before !== change.after);
}

/** What differs between two lists of parts that are known by their names; one that is in one list alone is one change, with all that it says. */
export function changesBetween<T extends object>(
  before: readonly T[],
  after: readonly T[],
  nameOf: (part: T) => string,
  without: readonly string[] = [],
): readonly InventoryChange[] {
  const named = (parts: readonly T[]) => new Map(parts.map(part => [nameOf(part), fieldsOf(part, without)]));
  const [was, is] = [named(before), named(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap(name => {
    const [former, present] = [was.get(name), is.get(name)];
    if (former !== undefined && present !== undefined) return changesOf(name, former, present);
    return [{ element: name, field: 'entry', before: inOneLine(former), after: inOneLine(present) }];
  });
}

const inOneLine = (fields: Fields | undefined): string => [...(fields ?? [])].map(([field, value]) => `${field} ${value}`).join(', ');

function leaves(value: unknown, path: readonly string[] = []): readonly (readonly [string, string])[] {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object') return [[path.join('.'), String(value)]];
  if (Array.isArray(value) && value.every(item => typeof item !== 'object'))
    return value.length === 0 ? [] : [[path.join('.'), value.join(' ')]];
  const entries = Array.isArray(value) ? value.map((item: object, index) => [nameIn(item, index), item] as const) : Object.entries(value);
  return entries.flatMap(([name, item]) => leaves(item, [...path, name]));
}

/** What an item of a list is called: by its number or key where it has one, else by its place. */
function nameIn(item: object, index: number): string {
  const { key, number, site, system, node, cidr } = item as Readonly<Record<string, unknown>>;
  return String(key ?? number ?? site ?? system ?? node ?? cidr ?? index + 1);
}
