import type { Meter } from '@opentelemetry/api';

/** Memory and processor time of the process itself, asked for when somebody looks. */
export function observeProcess(meter: Meter): void {
  meter
    .createObservableGauge('vigie_process_memory_bytes', { description: 'memory of the process, by kind', unit: 'By' })
    .addCallback((result) => {
      const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
      result.observe(rss, { kind: 'resident' });
      result.observe(heapUsed, { kind: 'heap' });
      result.observe(arrayBuffers, { kind: 'array_buffers' });
    });
  meter
    .createObservableCounter('vigie_process_cpu_seconds_total', {
      description: 'processor time of the process',
      unit: 's',
    })
    .addCallback((result) => {
      const { user, system } = process.cpuUsage();
      result.observe((user + system) / 1e6);
    });
}
