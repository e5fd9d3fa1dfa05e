/** The version of the inventory's form that this code reads. */
export const SCHEMA_VERSION = 2;

/** What to do about another version. */
export const versionHint = (found: number): string =>
  found < SCHEMA_VERSION
    ? "carry the folder over: 'citydc inventory upgrade FOLDER'"
    : 'use the version of citydc that wrote it, or a newer one';
