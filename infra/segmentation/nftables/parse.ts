/**
 * Reads nftables' rules as our filters are written, by a grammar of its own: what it does not know is an error, never passed over.
 *
 * @see nft(8), sections "CHAINS", "RULES", "PAYLOAD EXPRESSIONS"
 */

import type { Family } from '../../city/addresses.js';
import { addressSpan } from '../sets/address.js';
import { ICMP_TYPE, icmpTypes, STATES, type State, state } from '../sets/packets.js';
import { type Spans, union } from '../sets/spans.js';
import { type FilterChain, type FilterRule, HOOKS, type Match, type Ruleset, VERDICTS } from './ruleset.js';

/** A line that is not understood, and so nothing is known of its filter. */
export class NotUnderstood extends Error {
  override readonly name = 'NotUnderstood';
  constructor(
    readonly line: number,
    readonly text: string,
    readonly why: string,
  ) {
    super(`line ${line}: '${text}': ${why}`);
  }
}

/**
 * The rules of a file that replaces one table of family `inet`.
 *
 * @param known rules by their text: most hosts' are the same, and each is read once
 * @throws {NotUnderstood}
 */
export function parseRuleset(content: string, known = new Map<string, FilterRule>()): Ruleset {
  let [number, text] = [0, ''];
  const refuse = (why: string): never => {
    throw new NotUnderstood(number, text, why);
  };
  const chains: FilterChain[] = [];
  let table: string | undefined;
  let chain: Draft | undefined;
  let replaces = false;
  let closed = false;
  for (const line of content.split('\n')) {
    number += 1;
    text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    if (closed) refuse('nothing may follow the table');
    else if (table === undefined) {
      const opened = /^table (inet \w+) \{$/.exec(text)?.[1];
      if (opened === undefined && !/^(delete )?table inet \w+$/.test(text)) refuse('a table of family inet is expected');
      if (opened !== undefined && !replaces) refuse("the table is added to what is there: 'delete table' is expected before it");
      replaces ||= text.startsWith('delete ');
      table = opened;
    } else if (chain === undefined) {
      const name = /^chain ([\w-]+) \{$/.exec(text)?.[1];
      if (name !== undefined) chain = { name, rules: [] };
      else if (text === '}') closed = true;
      else refuse('a chain is expected');
    } else if (text === '}') {
      chains.push(finished(chain) ?? refuse(`chain ${chain.name} has no hook`));
      chain = undefined;
    } else if (chain.base === undefined) {
      const base = baseOf(text) ?? refuse('the type, hook, priority and policy of the chain are expected');
      // The kernel would run both, and a packet that either drops is lost.
      if (chains.some(({ type, hook }) => type === base.type && hook === base.hook && type === 'filter'))
        refuse(`a second chain filters at hook ${base.hook}`);
      if (base.type === 'nat' && base.policy === 'drop') refuse('what is not disguised leaves as it is: a nat chain accepts');
      chain.base = base;
    } else {
      const rule = known.get(text) ?? new Reader(text, refuse).rule();
      if ((rule.verdict === 'masquerade') !== (chain.base.type === 'nat'))
        refuse(`'${rule.verdict}' is no verdict of a ${chain.base.type} chain`);
      known.set(text, rule);
      chain.rules.push(rule);
    }
  }
  if (!closed) refuse('the table does not end');
  return { chains };
}

interface Draft {
  readonly name: string;
  base?: Pick<FilterChain, 'type' | 'hook' | 'policy'>;
  readonly rules: FilterRule[];
}

const finished = ({ name, base, rules }: Draft): FilterChain | undefined => (base === undefined ? undefined : { name, ...base, rules });

function baseOf(text: string): NonNullable<Draft['base']> | undefined {
  const [, type, at, policy] = /^type (filter|nat) hook (\w+) priority (?:filter|srcnat); policy (accept|drop);$/.exec(text) ?? [];
  const hook = HOOKS.find(each => each === at);
  if (hook === undefined || (type === 'nat') !== (hook === 'postrouting')) return undefined;
  return { type: type === 'nat' ? 'nat' : 'filter', hook, policy: policy === 'drop' ? 'drop' : 'accept' };
}

type Refuse = (why: string) => never;
type Port = readonly [number, number];

const WORD = /"[^"]*"|[{},]|!=|[^\s{},"]+/g;

class Reader {
  private readonly words: readonly string[];
  private at = 0;
  constructor(
    private readonly text: string,
    private readonly refuse: Refuse,
  ) {
    this.words = text.match(WORD) ?? [];
    if (text.replaceAll(WORD, '').trim() !== '') refuse('a quote is not closed');
  }

  rule(): FilterRule {
    const matches: Match[] = [];
    for (;;) {
      const word = this.next();
      const verdict = VERDICTS.find(each => each === word);
      if (verdict !== undefined) return this.ended({ text: this.text, matches, verdict });
      matches.push(this.match(word));
    }
  }

  private ended(rule: FilterRule): FilterRule {
    if (this.peek() === 'comment') {
      this.next();
      if (!/^".*"$/.test(this.next())) this.refuse('a comment is a text in quotes');
    }
    return this.peek() === undefined ? rule : this.refuse(`'${this.peek()}' after the verdict`);
  }

  private match(word: string): Match {
    switch (word) {
      case 'iif':
      case 'iifname':
        return { of: 'device', line: 'enters', not: this.not(), names: this.set(device) };
      case 'oif':
      case 'oifname':
        return { of: 'device', line: 'leaves', not: this.not(), names: this.set(device) };
      case 'ip':
        return this.address('v4');
      case 'ip6':
        return this.address('v6');
      case 'tcp':
      case 'udp':
        return this.port(word);
      case 'icmp':
        return this.icmp('v4');
      case 'icmpv6':
        return this.icmp('v6');
      case 'ct':
        return this.states();
      case 'meta':
        return this.family();
      default:
        return this.refuse(`'${word}' is no match that is known`);
    }
  }

  private address(family: Family): Match {
    const line = this.oneOf({ saddr: 'source', daddr: 'destination' } as const);
    const not = this.not();
    const read = (text: string): Spans | undefined => {
      const found = addressSpan(text);
      return found?.family === family ? found.spans : undefined;
    };
    return { of: 'address', line, family, not, spans: union(...this.set(read)) };
  }

  private port(protocol: 'tcp' | 'udp'): Match {
    const line = this.oneOf({ sport: 'sourcePort', dport: 'service' } as const);
    return { of: 'port', line, protocol, not: this.not(), ports: this.set(portRange) };
  }

  private icmp(family: Family): Match {
    this.oneOf({ type: 'type' } as const);
    const not = this.not();
    const read = (text: string) => (icmpType(family, text) === undefined ? undefined : icmpTypes(family, [text]));
    return { of: 'icmp', family, not, types: union(...this.set(read)) };
  }

  private states(): Match {
    this.oneOf({ state: 'state' } as const);
    const not = this.not();
    const read = (text: string): State | undefined => STATES.find(each => each === text);
    const names = this.peek() === '{' ? this.set(read) : this.list(read);
    return { of: 'state', not, states: state(...names) };
  }

  private family(): Match {
    this.oneOf({ nfproto: 'nfproto' } as const);
    return { of: 'family', family: this.oneOf({ ipv4: 'v4', ipv6: 'v6' } as const) };
  }

  private set<T>(read: (text: string) => T | undefined): readonly T[] {
    if (this.peek() !== '{') return [this.value(read)];
    this.next();
    const values = this.list(read);
    return this.next() === '}' ? values : this.refuse('a set ends with }');
  }

  private list<T>(read: (text: string) => T | undefined): readonly T[] {
    const values = [this.value(read)];
    while (this.peek() === ',') {
      this.next();
      values.push(this.value(read));
    }
    return values;
  }

  private value<T>(read: (text: string) => T | undefined): T {
    const text = this.next();
    return read(text) ?? this.refuse(`'${text}' is no value here`);
  }

  private not(): boolean {
    const not = this.peek() === '!=';
    if (not) this.next();
    return not;
  }

  private oneOf<T extends Readonly<Record<string, string>>>(words: T): T[keyof T] {
    const word = this.next();
    return Object.hasOwn(words, word) ? (words[word] as T[keyof T]) : this.refuse(`'${word}' is not ${Object.keys(words).join(' or ')}`);
  }

  private peek(): string | undefined {
    return this.words[this.at];
  }

  private next(): string {
    const word = this.words[this.at++];
    return word ?? this.refuse('the rule has no verdict');
  }
}

/** A name, or the beginning of one and a star. */
const device = (text: string): string | undefined => /^"?([\w.-]+\*?)"?$/.exec(text)?.[1];

function portRange(text: string): Port | undefined {
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const range = [Number(first), Number(last)] as const;
  return first !== undefined && range[0] <= range[1] && range[1] < 65_536 ? range : undefined;
}

const icmpType = (family: Family, name: string): number | undefined => new Map<string, number>(Object.entries(ICMP_TYPE[family])).get(name);
