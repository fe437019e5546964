/* What the person who asks is told of whoever answers for the data. */
#include <stdlib.h>

#include "engine/model/config_read.h"
#include "engine/model/read.h"

static void read_controller(
    struct config_reader *r, const struct node *n, struct config_controller *c)
{
	static const char *const keys[] = { "title", "contact",
		"data_protection_officer", "authority", NULL };

	c->at = n->at;
	if (!read_map(r->d, n, keys))
		return;
	(void)read_text(r->d, read_required(r->d, n, "title"), &c->title);
	(void)read_text(r->d, read_required(r->d, n, "contact"), &c->contact);
	(void)read_text(r->d, node_get(n, "data_protection_officer"),
	    &c->data_protection_officer);
	(void)read_text(
	    r->d, read_required(r->d, n, "authority"), &c->authority);
}

void config_read_controllers(struct config_reader *r, const struct node *n)
{
	struct config *c = r->c;

	if (!read_list_of(r->d, n, "a list of controllers"))
		return;
	c->controllers = read_array(r->d, n->count, sizeof(*c->controllers));
	for (size_t i = 0; c->controllers && i < n->count; i++)
		read_controller(
		    r, &n->items[i], &c->controllers[c->controller_count++]);
}

void config_read_processing(struct config_reader *r, const struct node *n)
{
	static const char *const keys[] = { "automated_decisions", NULL };

	if (read_map(r->d, n, keys))
		(void)read_text(r->d, node_get(n, "automated_decisions"),
		    &r->c->processing.automated_decisions);
}

void config_release_controllers(struct config *c)
{
	for (size_t i = 0; i < c->controller_count; i++) {
		text_release(&c->controllers[i].title);
		text_release(&c->controllers[i].contact);
		text_release(&c->controllers[i].data_protection_officer);
		text_release(&c->controllers[i].authority);
	}
	free(c->controllers);
	text_release(&c->processing.automated_decisions);
}
