/** One way to Alibaba Cloud and back, while the emergency is measured. */
export const EMERGENCY_LATENCY_MS = 60;
