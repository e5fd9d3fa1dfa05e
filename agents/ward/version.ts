/** The product's version; a test holds it against package.json, which a shipped bundle does not have. */
export const VERSION = '0.1.0';
