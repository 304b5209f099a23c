import { twilioWire } from '../../sandbox/twilio.ts'
import { twilio } from '../../src/channels/twilio/index.ts'
import { testFaults } from './sms-faults.ts'
import { anna } from './sms-stage.ts'

testFaults({ name: 'Twilio', wire: twilioWire, adapter: twilio, to: `+${anna.phone}` })
