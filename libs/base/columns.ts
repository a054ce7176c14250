import type { SnapshotReader, SnapshotWriter } from './snapshot.ts';

const TYPES = {
  f64: Float64Array,
  f32: Float32Array,
  i32: Int32Array,
  u32: Uint32Array,
  u16: Uint16Array,
  u8: Uint8Array,
} as const;
type TypeName = keyof typeof TYPES;
type ArrayOf<T extends TypeName> = InstanceType<(typeof TYPES)[T]>;

/** Column name -> element type and how many elements a row has. */
export type Schema = Readonly<Record<string, readonly [TypeName, number]>>;
export type Columns<S extends Schema> = { [K in keyof S]: ArrayOf<S[K][0]> } & {
  /** Rows in use. */
  length: number;
  capacity: number;
};

/** A table as plain typed arrays, a property a column; `columns.name[row * width + i]`. */
export function createColumns<S extends Schema>(schema: S, capacity = 16): Columns<S> {
  const columns = { length: 0, capacity } as Record<string, unknown>;
  for (const name of Object.keys(schema)) {
    const [type, width] = schema[name]!;
    columns[name] = new TYPES[type](capacity * width);
  }
  // V8 keeps an object that was filled key by key as a hash table; its copy has a shape, and reads cost a third.
  return { ...columns } as Columns<S>;
}

/** Adds a row of zeros and returns its number. Arrays are replaced when they grow: never hold one across this call. */
export function addRow<S extends Schema>(schema: S, columns: Columns<S>): number {
  if (columns.length === columns.capacity) {
    const capacity = Math.ceil(columns.capacity * 1.5);
    const table = columns as Record<string, unknown>;
    for (const name of Object.keys(schema)) {
      const [type, width] = schema[name]!;
      const bigger = new TYPES[type](capacity * width);
      bigger.set(table[name] as never);
      table[name] = bigger;
    }
    columns.capacity = capacity;
  }
  return columns.length++;
}

/** Bytes one row takes. */
export function rowBytes(schema: Schema): number {
  let sum = 0;
  for (const [type, width] of Object.values(schema)) sum += TYPES[type].BYTES_PER_ELEMENT * width;
  return sum;
}

export function saveColumns<S extends Schema>(schema: S, columns: Columns<S>, writer: SnapshotWriter): void {
  writer.number(columns.length);
  const table = columns as Record<string, unknown>;
  for (const name of Object.keys(schema)) {
    const [type, width] = schema[name]!;
    writer.array((table[name] as ArrayOf<typeof type>).subarray(0, columns.length * width));
  }
}

/** Reads what {@link saveColumns} wrote; between two columns the caller may do other work. */
export function* loadColumns<S extends Schema>(schema: S, reader: SnapshotReader): Generator<undefined, Columns<S>> {
  const length = reader.number();
  // Made small and filled with what was read: memory of the full size would be written twice.
  const columns = createColumns(schema);
  columns.length = length;
  const table = columns as Record<string, unknown>;
  for (const name of Object.keys(schema)) {
    const [type] = schema[name]!;
    const read = reader.array(TYPES[type] as typeof Float64Array);
    if (length >= columns.capacity) table[name] = read;
    else (table[name] as Float64Array).set(read);
    yield;
  }
  columns.capacity = Math.max(length, columns.capacity);
  return columns;
}
