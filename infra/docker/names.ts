import type { City } from '../city/model.js';

/** The name of a host's container on its Docker host: `can-tho-2022-s1-edge1`. */
export const containerName = ({ id }: Pick<City, 'id'>, host: string): string => `${id}-${host}`;
