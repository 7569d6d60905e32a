package release

import "slices"

// defaultSetting is one of a release's default settings.
type defaultSetting struct {
	path  string // parts with dots between them
	value any
}

// Settings returns the names of a release's default settings, with dots between
// their parts, in the release's order; [Documented] has those of 0.9.3.
func (v Version) Settings() []string {
	var names []string
	for _, s := range v.defaults() {
		names = append(names, s.path)
	}
	return names
}

// IsDefault reports whether a setting is a default of one of v's releases.
func (v Version) IsDefault(name string) bool {
	return slices.ContainsFunc(v.Eras(), func(r Version) bool {
		return slices.ContainsFunc(r.defaults(), func(s defaultSetting) bool { return s.path == name })
	})
}

func (v Version) defaults() []defaultSetting {
	if v.does(keepsBackslashes) {
		return defaults14
	}
	return defaults09
}

// defaults09 are the defaults of Prefect 0.9.3 (src/prefect/config.toml).
var defaults09 = []defaultSetting{
	{"debug", false},
	{"home_dir", "~/.prefect"},
	{"cloud.api", "https://api.prefect.io"},
	{"cloud.graphql", "${cloud.api}/graphql/alpha"},
	{"cloud.use_local_secrets", true},
	{"cloud.heartbeat_interval", 30.0},
	{"cloud.logging_heartbeat", int64(5)},
	{"cloud.queue_interval", 30.0},
	{"cloud.agent.name", "agent"},
	{"cloud.agent.labels", "[]"},
	{"cloud.agent.level", "INFO"},
	{"cloud.agent.auth_token", ""},
	{"cloud.agent.resource_manager.loop_interval", int64(60)},
	{"logging.level", "INFO"},
	{"logging.format", "[%(asctime)s] %(levelname)s - %(name)s | %(message)s"},
	{"logging.log_to_cloud", false},
	{"flows.eager_edge_validation", false},
	{"flows.run_on_schedule", true},
	{"flows.checkpointing", false},
	{"flows.defaults.storage.default_class", "prefect.environments.storage.Local"},
	{"tasks.defaults.max_retries", false},
	{"tasks.defaults.retry_delay", false},
	{"engine.executor.default_class", "prefect.engine.executors.LocalExecutor"},
	{"engine.executor.dask.address", "local"},
	{"engine.executor.dask.local_processes", false},
	{"engine.flow_runner.default_class", "prefect.engine.flow_runner.FlowRunner"},
	{"engine.task_runner.default_class", "prefect.engine.task_runner.TaskRunner"},
}

// defaults14 are the defaults of Prefect 1.4.1 (src/prefect/config.toml).
var defaults14 = []defaultSetting{
	{"debug", false},
	{"home_dir", "~/.prefect"},
	{"backend", "cloud"},
	{"server.host", "http://localhost"},
	{"server.port", "4200"},
	{"server.host_port", "4200"},
	{"server.host_ip", "127.0.0.1"},
	{"server.endpoint", "${server.host}:${server.port}"},
	{"server.database.host", "localhost"},
	{"server.database.port", "5432"},
	{"server.database.host_port", "5432"},
	{"server.database.name", "prefect_server"},
	{"server.database.username", "prefect"},
	{"server.database.password", "test-password"},
	{"server.database.connection_url", "postgresql://${server.database.username}:${server.database.password}@${server.database.host}:${server.database.port}/${server.database.name}"},
	{"server.database.volume_path", "${home_dir}/pg_data"},
	{"server.graphql.host", "0.0.0.0"},
	{"server.graphql.port", "4201"},
	{"server.graphql.host_port", "4201"},
	{"server.graphql.debug", false},
	{"server.graphql.path", "/graphql/"},
	{"server.hasura.host", "localhost"},
	{"server.hasura.port", "3000"},
	{"server.hasura.host_port", "3000"},
	{"server.hasura.admin_secret", ""},
	{"server.hasura.claims_namespace", "hasura-claims"},
	{"server.hasura.graphql_url", "http://${server.hasura.host}:${server.hasura.port}/v1alpha1/graphql"},
	{"server.hasura.ws_url", "ws://${server.hasura.host}:${server.hasura.port}/v1alpha1/graphql"},
	{"server.hasura.execute_retry_seconds", int64(10)},
	{"server.ui.host", "http://localhost"},
	{"server.ui.port", "8080"},
	{"server.ui.host_port", "8080"},
	{"server.ui.host_ip", "127.0.0.1"},
	{"server.ui.endpoint", "${server.ui.host}:${server.ui.port}"},
	{"server.ui.apollo_url", "http://localhost:4200/graphql"},
	{"server.telemetry.enabled", true},
	{"cloud.api", "${${backend}.endpoint}"},
	{"cloud.endpoint", "https://api.prefect.io"},
	{"cloud.graphql", "${cloud.api}/graphql"},
	{"cloud.use_local_secrets", true},
	{"cloud.heartbeat_interval", 30.0},
	{"cloud.heartbeat_mode", "process"},
	{"cloud.check_cancellation_interval", 15.0},
	{"cloud.diagnostics", false},
	{"cloud.request_timeout", int64(15)},
	{"cloud.send_flow_run_logs", true},
	{"cloud.logging_heartbeat", int64(5)},
	{"cloud.queue_interval", 30.0},
	{"cloud.api_key", ""},
	{"cloud.tenant_id", ""},
	{"cloud.agent.name", "agent"},
	{"cloud.agent.labels", "[]"},
	{"cloud.agent.level", "INFO"},
	{"cloud.agent.auth_token", ""},
	{"cloud.agent.agent_address", ""},
	{"cloud.agent.kubernetes_keep_alive", false},
	{"cloud.agent.resource_manager.loop_interval", int64(60)},
	{"cloud.rate_limiting.backoff_s", int64(180)},
	{"cloud.rate_limiting.backoff_multiplier", int64(10)},
	{"cloud.rate_limiting.backoff_exponent", int64(2)},
	{"cloud.rate_limiting.max_retries", int64(6)},
	{"logging.level", "INFO"},
	{"logging.format", "[%(asctime)s] %(levelname)s - %(name)s | %(message)s"},
	{"logging.log_attributes", "[]"},
	{"logging.datefmt", "%Y-%m-%d %H:%M:%S%z"},
	{"logging.extra_loggers", "[]"},
	{"flows.eager_edge_validation", false},
	{"flows.run_on_schedule", true},
	{"flows.checkpointing", false},
	{"flows.defaults.storage.add_default_labels", true},
	{"flows.defaults.storage.default_class", "prefect.storage.Local"},
	{"tasks.defaults.max_retries", false},
	{"tasks.defaults.retry_delay", false},
	{"engine.executor.default_class", "prefect.executors.LocalExecutor"},
	{"engine.executor.dask.address", ""},
	{"engine.executor.dask.cluster_class", "distributed.deploy.local.LocalCluster"},
	{"engine.flow_runner.default_class", "prefect.engine.flow_runner.FlowRunner"},
	{"engine.task_runner.default_class", "prefect.engine.task_runner.TaskRunner"},
}
