/**
 * Sessions for events that have none: a user's events in the order of time, a new session wherever more than a given gap
 * lies before an event. SQL text alone; linear after one sort, whatever a user's share of the events.
 */

/**
 * The relation with `user_session` made anew. A session is called by its user and its first event's time, as in
 * `u1@2015-06-02T05:02:12.117Z`: files cleaned one after the other then never give one name to two sessions.
 * `gap` in seconds; an event exactly that long after the one before still belongs to the session.
 */
export function sessionisedSql(relation: string, gap: number): string {
  const microseconds = Math.round(gap * 1e6);
  const order = 'PARTITION BY user_id ORDER BY event_time, source_row';
  return `SELECT * EXCLUDE (begins, began) REPLACE (concat(user_id, '@', strftime(began, '%Y-%m-%dT%H:%M:%S.%gZ')) AS user_session) FROM (
    SELECT *, max(begins) OVER (${order} ROWS UNBOUNDED PRECEDING) AS began FROM (
      SELECT *, CASE WHEN coalesce(epoch_us(event_time) - epoch_us(lag(event_time) OVER (${order})) > ${microseconds}, true)
        THEN event_time END AS begins
      FROM ${relation}))`;
}
