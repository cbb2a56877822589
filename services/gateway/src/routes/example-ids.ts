/** The ids that the examples of the API reference speak of. The test that executes the examples lays them out. */
export const EXAMPLE = {
  job: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071',
  suspendedJob: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6072',
  documentJob: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6073',
  finishedJob: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6074',
  batch: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6081',
  run: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6082',
  bulkAction: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60d1',
  import: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60a1',
  ownTask: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6092',
  slaConfig: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60c1',
  alert: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60d1',
  webhook: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60e1',
  delivery: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60e2',
  plan: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60b1',
  task: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6091',
} as const
