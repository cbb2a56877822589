-- What people vouched for, newest first: from it a workflow's error target follows.
CREATE INDEX tasks_vouched_for ON tasks (tenant_id, workflow, id)
  WHERE state = 'completed' AND verdict IN ('accept', 'retry');
