import type { CommandEntry } from './command.js';

/** Every command, in the order of the help. Its code is loaded when it is called. */
export const COMMANDS = [
  {
    name: 'check',
    summary: 'validate an inventory and verify the design',
    example: 'citydc check can-tho-2022',
    load: () => import('./commands/check.js'),
  },
  {
    name: 'diff',
    summary: 'what changes between two inventories, address churn included',
    example: 'citydc diff can-tho-2022 ./my-inventory',
    load: () => import('./commands/diff.js'),
  },
  {
    name: 'inventory',
    summary: 'carry an inventory folder over to the newest form',
    example: 'citydc inventory upgrade ./my-inventory --plan',
    load: () => import('./commands/inventory.js'),
  },
  {
    name: 'plan',
    summary: 'addresses, hosts, links and processes of a city',
    example: 'citydc plan can-tho-2022',
    load: () => import('./commands/plan.js'),
  },
  {
    name: 'render',
    summary: 'write the rendered files (frr, haproxy, prometheus, grafana …), diagrams, schemas for editors, routers for VPNs',
    example: 'citydc render diagram can-tho-2025 --out ./diagram',
    load: () => import('./commands/render.js'),
  },
  {
    name: 'synth-aws',
    summary: 'write the CloudFormation templates of a city on AWS; cdk calls it',
    example: 'citydc synth-aws can-tho-2022 -c account=123456789012 --out ./cdk.out',
    load: () => import('./commands/synth-aws.js'),
  },
  {
    name: 'aws',
    summary: 'hand a city on AWS over to its other site, and back; prints the plan unless --execute',
    example: 'citydc aws failover can-tho-2022 --account 123456789012',
    load: () => import('./commands/aws/aws.js'),
  },
  {
    name: 'up',
    summary: 'bring a city up in the lab on this machine, or a running one to a changed inventory',
    example: 'citydc up can-tho-2022',
    load: () => import('./commands/up.js'),
  },
  {
    name: 'bundle',
    summary: 'pack a city for Docker hosts into one file, for machines without a registry; install such a file',
    example: 'citydc bundle can-tho-2022 --out can-tho.bundle',
    load: () => import('./commands/bundle.js'),
  },
  {
    name: 'down',
    summary: 'take the city on this machine down',
    example: 'citydc down',
    load: () => import('./commands/down.js'),
  },
  {
    name: 'status',
    summary: 'whether the city is healthy: exit 0 only in steady state',
    example: 'citydc status --json',
    load: () => import('./commands/status.js'),
  },
  {
    name: 'exec',
    summary: 'run a command inside a host',
    example: 'citydc exec e131 -- ip route',
    load: () => import('./commands/exec.js'),
  },
  {
    name: 'fault',
    summary: 'cut or impair lines, power hosts off, and heal',
    example: 'citydc fault cut l10 --for 60',
    load: () => import('./commands/fault/fault.js'),
  },
  {
    name: 'pki',
    summary: "the city's certificates: authorities, issue, renew, revoke, list",
    example: 'citydc pki list',
    load: () => import('./commands/pki.js'),
  },
  {
    name: 'drill',
    summary: 'drills: break the running city by plan, measure, repair, judge',
    example: 'citydc drill run site-loss',
    load: () => import('./commands/drill/drill.js'),
  },
] as const satisfies readonly CommandEntry[];
