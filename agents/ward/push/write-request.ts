/** Prometheus remote write 1.0: samples of one moment as a protobuf WriteRequest in a snappy block. */

import { PbfWriter } from 'pbf';
import { compress } from 'snappyjs';

export interface Sample {
  /** `__name__` included, sorted by name: the protocol wants it so. */
  readonly labels: readonly Label[];
  /** Undefined marks the series as ended: instant queries then see it as absent at once. */
  readonly value: number | undefined;
}
export type Label = readonly [name: string, value: string];

/** Headers that go with a body. @see https://prometheus.io/docs/specs/prw/remote_write_spec/ "Protocol" */
export const WRITE_HEADERS = {
  'content-encoding': 'snappy',
  'content-type': 'application/x-protobuf',
  'x-prometheus-remote-write-version': '0.1.0',
} as const;

/** The body of a push. */
export function writeRequest(samples: readonly Sample[], timestampMs: number): Uint8Array {
  const writer = new PbfWriter();
  for (const sample of samples) writer.writeMessage(1, writeSeries, { ...sample, timestampMs });
  return compress(writer.finish());
}

interface Stamped extends Sample {
  readonly timestampMs: number;
}

function writeSeries(stamped: Stamped, writer: PbfWriter): void {
  for (const label of stamped.labels) writer.writeMessage(1, writeLabel, label);
  writer.writeMessage(2, writeSample, stamped);
}

function writeLabel([name, value]: Label, writer: PbfWriter): void {
  writer.writeStringField(1, name);
  writer.writeStringField(2, value);
}

function writeSample({ value, timestampMs }: Stamped, writer: PbfWriter): void {
  if (value === undefined) writeStaleMarker(writer);
  else writer.writeDoubleField(1, value);
  writer.writeVarintField(2, timestampMs);
}

const FIXED64 = 1;

/** The one NaN that ends a series (Prometheus, model/value: StaleNaN), in halves: JavaScript would write any NaN as another. */
function writeStaleMarker(writer: PbfWriter): void {
  writer.writeTag(1, FIXED64);
  writer.writeFixed32(0x00000002);
  writer.writeFixed32(0x7ff00000);
}
