import type { LogFormat } from '../format.ts';
import { unparsed } from '../reading.ts';
import { activityEvent } from './google-reports/event.ts';
import { activityIn } from './google-reports/record.ts';

/**
 * Activities of Google Workspace's Reports API (gmail, login, token, admin and others), one to a record, rows of the
 * tables that Workspace and Gmail export to BigQuery, and entries of Google Cloud's audit log that hold activities.
 */
export const googleReports: LogFormat = {
  id: 'google-reports',
  title: 'Google Workspace: audit activities and Gmail logs',
  sniff: ({ message }) => {
    if (!message.startsWith('{')) return 0;
    if (message.includes('admin#reports#activity')) return 0.98;
    if (message.includes('ccc_hosted_reporting.ActivityProto')) return 0.98;
    if (message.includes('"applicationName"') && message.includes('"actor"')) return 0.85;
    if (message.includes('"event_info"') && message.includes('"message_info"')) return 0.9;
    return message.includes('"record_type"') && message.includes('"time_usec"') ? 0.8 : 0;
  },
  open: context => ({
    read: envelope => {
      const text = envelope.message.trim();
      const activity = activityIn(text.endsWith(',') ? text.slice(0, -1) : text);
      return (
        (activity === undefined ? undefined : activityEvent(activity, envelope, context)) ??
        unparsed('no activity of Google Workspace, or a broken record of one')
      );
    },
  }),
};
