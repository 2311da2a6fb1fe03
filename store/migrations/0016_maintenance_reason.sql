-- Why a server is in maintenance: whoever is refused there is told.
alter table servers add column maintenance_reason text;

create or replace function server_json(s servers) returns jsonb language sql stable as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'alternatePort', s.alternate_port, 'lastKnownIp', s.last_known_ip, 'jump', s.jump, 'maintenanceReason', s.maintenance_reason
  )) || jsonb_build_object(
    'id', s.id, 'name', s.name, 'hostname', s.hostname, 'port', s.port, 'root', s.root, 'app', s.app,
    'hostKeys', s.host_keys, 'deviceType', s.device_type, 'environment', s.environment, 'services', s.services,
    'serviceDependencies', s.service_dependencies, 'tags', to_jsonb(s.tags), 'metadata', s.metadata,
    'setupComplete', s.setup_complete, 'securityLocked', s.security_locked,
    'monitoringIntervalMs', s.monitoring_interval_ms, 'maintenance', s.maintenance,
    'createdAt', iso(s.created_at), 'updatedAt', iso(s.updated_at)
  )
$$;
