import { vonageWire } from '../../sandbox/vonage.ts'
import { vonage } from '../../src/channels/vonage/index.ts'
import { testFaults } from './sms-faults.ts'
import { anna } from './sms-stage.ts'

testFaults({ name: 'Vonage', wire: vonageWire, adapter: vonage, to: anna.phone })
