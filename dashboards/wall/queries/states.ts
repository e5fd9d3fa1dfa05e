import { select } from '../../../agents/contract/metrics/select.js';

const OFFICES = select('citydc:endpoint_state');

/** How many offices are in a state: 0 when the rules say of all that they are not, nothing when the rules say nothing. */
export const officesInState = (state: number): string => `sum(${OFFICES} == bool ${state})`;
export const officesInStateByNode = (state: number): string => `sum by (node) (${OFFICES} == bool ${state})`;

/** State of the nodes of some kinds, with their names. */
export const nodeStates = (kinds: string): string =>
  `${select('citydc:node_state', { kind: { like: kinds } })} * on (node, kind) group_left (name_vi, name_en, offices) ${select('citydc:node_info')}`;

/** State of every office that is not up, with its names. */
export const OFFICES_NOT_UP = `(${OFFICES} != 0) * on (endpoint, node) group_left (name_vi, name_en, district) ${select('citydc:endpoint_info')}`;
