import type { City } from '../city/model.js';

/** The name of a host's container on its Docker host: `can-tho-2022-s1-edge1`. */
export const containerName = ({ id }: Pick<City, 'id'>, host: string): string => `${id}-${host}`;

/** The name of a city's network on each of its Docker hosts. */
export const underlayName = ({ id }: Pick<City, 'id'>): string => `${id}-underlay`;

/** The name of a volume by its permanent id in the stack: `can-tho-2022-s1-database1-var-lib-postgresql`. */
export const volumeName = ({ id }: Pick<City, 'id'>, volume: string): string => `${id}-${volume}`;

/** On every container, volume and network of a city; its value is the inventory's id. */
export const CITY_LABEL = 'vn.citydc.city';

const REPOSITORY = 'citydc';

/** The image of all hosts; its tag is the digest of its recipe, as the lab's folder is named. */
export const imageName = (digest: string): string => `${REPOSITORY}:${digest}`;
