/** A permanent number as written: without sign or leading zeros, so that one number has one spelling. */
export const IS_NUMBER = /^(0|[1-9]\d{0,5})$/;
