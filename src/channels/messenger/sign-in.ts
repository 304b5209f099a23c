import type { SignIn } from '../contract.ts'
import { text } from '../kit.ts'
import { facebookDialog, facebookPages } from '../meta/sign-in.ts'

/** What the operator's app asks the owner of the pages for (Facebook Login, "Permissions" in the README). */
const scopes = [
  'pages_messaging',
  'pages_manage_metadata',
  'pages_read_engagement',
  'pages_show_list',
  'pages_read_user_content',
  'pages_manage_engagement',
]

export const signIn: SignIn = {
  id: 'facebook',
  needs: ['appId', 'appSecret', 'verifyToken'],
  takes: ['apiVersion', 'baseUrl'],
  at: 'Facebook',
  identifies: 'pageId',
  address: (given, back) => facebookDialog(given, back, scopes),
  async accounts(given, answer, io) {
    const pages = await facebookPages(given, { ...answer, fields: 'id,name,access_token' }, io)
    return pages.map(page => ({
      name: text(page.name) ?? String(page.id),
      settings: { pageId: String(page.id), pageAccessToken: String(page.access_token) },
    }))
  },
}
