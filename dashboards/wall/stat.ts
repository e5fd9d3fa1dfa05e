import { BigValueColorMode, BigValueGraphMode, BigValueTextMode, ReduceDataOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';

/** Big values of now. The last sample counts, and it alone. */
export const stat = (color: BigValueColorMode = BigValueColorMode.Value): PanelBuilder =>
  new PanelBuilder()
    .unit('none')
    .graphMode(BigValueGraphMode.None)
    .colorMode(color)
    .textMode(BigValueTextMode.ValueAndName)
    .reduceOptions(latest());

export const latest = (): ReduceDataOptionsBuilder => new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false);
