/** The tenant that every installation has; made by the first migration. */
export const DEFAULT_TENANT_ID = '00000000-0000-7000-8000-000000000001'
