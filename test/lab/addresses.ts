import { addressPlan, FAMILIES, type Family } from '../../infra/city/addresses.js';
import { beforePort } from '../../infra/city/ip.js';
import { canTho } from '../site/cities.js';

/** The addresses of the city that runs. */
export const plan = addressPlan(canTho.plan);

const portal = canTho.systems.find(({ key }) => key === 'portal');
if (portal === undefined) throw new Error('the city has no portal');
const service = plan.service(portal.number);

/** The portal's service address, in each family. */
export const PORTALS: readonly string[] = FAMILIES.map(family => service[family]);

/** An address and port as a URL has them. */
export const urlOf = (address: string, port: number, path = ''): string => `http://${beforePort(address)}:${port}/${path}`;

/** What an office of the shipped city may reach, and what not: a service, a database host behind it, another office. */
export const reachedIn = (family: Family) => ({
  family,
  portal: service[family],
  database: plan.lanHost(1, 'database', 1)[family],
  office: plan.gateway(77, 'office')[family],
});
