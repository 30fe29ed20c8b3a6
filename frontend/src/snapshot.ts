/** What the integration sends of a device: `custom_components/particle/dashboard/device.py`. */

export type DeviceState =
  | "online"
  | "asleep"
  | "offline"
  | "safe_mode"
  | "updating"
  | "cloud_lost"
  | "not_permitted"
  | "not_loaded"
  | "gone";

export type Value = number | string | boolean;

export interface Status {
  state: DeviceState;
  heard_at?: string;
  back_at?: string;
  lost_since?: string;
  flash_step?: string;
  answering?: boolean;
}

export interface Variable {
  type: string;
  value?: Value;
  unit?: string;
  icon?: string;
  read_at?: string;
  source?: string;
  live: boolean;
  entity_id?: string;
}

export interface FunctionCall {
  entity_id?: string;
  argument?: string;
  return_value?: number;
  called_at?: string;
}

export interface LatestEvent {
  data?: string;
  cut: boolean;
  received_at: string;
  count: number;
}

/** A device that is gone or not loaded has a status alone. */
export interface Snapshot {
  status: Status;
  device?: { particle_id: string; config_entry_id: string; name: string };
  firmware?: {
    model: string;
    device_os?: string;
    product_version?: number;
    update_pending?: boolean;
  };
  health?: { network?: string; signal?: number; battery?: number; battery_state?: string };
  variables?: Record<string, Variable>;
  functions?: Record<string, FunctionCall>;
  events?: Record<string, LatestEvent>;
  access?: { control: boolean; administer: boolean };
}
