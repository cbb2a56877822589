import { LOOK_UPS, testFloors } from './test-floors.ts'

testFloors([LOOK_UPS])
