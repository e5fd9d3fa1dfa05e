/** Parts of systeminformation by themselves: the whole of it costs each round 10 ms more, and holds what we never want to call. */
declare module 'systeminformation/lib/cpu.js' {
  export { cpuTemperature, currentLoad } from 'systeminformation';
}
declare module 'systeminformation/lib/filesystem.js' {
  export { fsSize } from 'systeminformation';
}
declare module 'systeminformation/lib/memory.js' {
  export { mem } from 'systeminformation';
}
declare module 'systeminformation/lib/osinfo.js' {
  export { time } from 'systeminformation';
}
declare module 'systeminformation/lib/printer.js' {
  export { printer } from 'systeminformation';
}
declare module 'systeminformation/lib/usb.js' {
  export { usb } from 'systeminformation';
}
