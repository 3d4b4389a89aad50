"""What believable providers offer: for each trade names of services, variants and what they say.

A variant is its name, its price in BRL and its duration in minutes.
"""

from typing import NamedTuple


class Recipe(NamedTuple):
    names: tuple[str, ...]
    variants: tuple[tuple[str, int, int], ...]
    says: tuple[str, ...]


RECIPES = {
    "eletricista": Recipe(
        ("Instalação e troca de disjuntores", "Tomadas e interruptores", "Chuveiro elétrico: troca e reparo", "Revisão da parte elétrica da casa"),
        (("Visita e diagnóstico", 80, 45), ("Troca de um disjuntor", 90, 45), ("Até cinco pontos", 180, 90), ("Quadro completo", 340, 150)),
        ("Material à parte, com nota.", "Sigo a NBR 5410 e deixo tudo identificado no quadro.", "Atendo também casas antigas, com fiação de alumínio."),
    ),
    "encanador": Recipe(
        ("Conserto de vazamentos", "Troca de torneiras e registros", "Desentupimento de pia e ralo", "Instalação de filtro e máquina de lavar"),
        (("Visita e diagnóstico", 80, 45), ("Um reparo simples", 120, 60), ("Desentupimento", 180, 90), ("Meio dia de serviço", 320, 240)),
        ("Procuro o vazamento antes de quebrar qualquer azulejo.", "Levo as peças mais comuns no carro.", "Você paga só depois de testarmos juntos."),
    ),
    "pintor": Recipe(
        ("Pintura de quarto", "Pintura de apartamento", "Pintura de portão e grade", "Textura e efeitos na parede"),
        (("Uma parede", 180, 180), ("Um quarto", 420, 420), ("Um dia de serviço", 380, 480)),
        ("Cubro móveis e piso e limpo tudo no fim.", "Ajudo a escolher a cor e a calcular a tinta.", "Corrijo trincas e massa antes de pintar."),
    ),
    "pedreiro": Recipe(
        ("Assentamento de piso e azulejo", "Pequenas reformas", "Muros e contrapiso", "Reparo de reboco e telhado"),
        (("Visita e orçamento", 70, 45), ("Meio dia de serviço", 220, 240), ("Um dia de serviço", 390, 480)),
        ("Combino o preço por escrito antes de começar.", "Trabalho com nível a laser, piso sai reto.", "Entulho ensacado e levado embora."),
    ),
    "marido-de-aluguel": Recipe(
        ("Pequenos reparos em casa", "Instalação de prateleiras e quadros", "Suporte de TV e cortinas", "Troca de fechaduras e dobradiças"),
        (("Um serviço rápido", 70, 30), ("Uma hora", 100, 60), ("Tarde inteira", 300, 240)),
        ("Faça uma lista, resolvo tudo numa visita só.", "Trago furadeira, buchas e parafusos.", "Parede de gesso também, com a bucha certa."),
    ),
    "chaveiro": Recipe(
        ("Abertura de portas", "Troca de fechadura", "Cópia de chaves em domicílio", "Fechadura digital"),
        (("Abertura simples", 120, 30), ("Troca de segredo", 140, 45), ("Fechadura digital instalada", 260, 90)),
        ("Peço um documento antes de abrir, para sua segurança.", "Abro sem danificar na maioria das vezes.", "Atendo com hora marcada e sem taxa escondida."),
    ),
    "ar-condicionado": Recipe(
        ("Limpeza de ar-condicionado split", "Instalação de ar-condicionado", "Recarga de gás e reparo"),
        (("Limpeza de um aparelho", 180, 90), ("Limpeza de dois aparelhos", 320, 150), ("Instalação até 12.000 BTU", 560, 240)),
        ("Uso bolsa coletora, não molha a parede.", "Meço a temperatura antes e depois.", "Noventa dias de garantia no serviço."),
    ),
    "conserto-de-eletrodomesticos": Recipe(
        ("Conserto de máquina de lavar", "Conserto de geladeira", "Conserto de fogão e forno", "Conserto de micro-ondas"),
        (("Visita e diagnóstico", 90, 60), ("Conserto sem peças", 190, 90), ("Troca de placa ou motor", 290, 120)),
        ("Se não compensa consertar, eu digo.", "A visita é descontada do conserto.", "Peças originais sempre que existem."),
    ),
    "informatica": Recipe(
        ("Formatação e limpeza de notebook", "Rede e wi-fi em casa", "Recuperação de arquivos", "Ajuda com computador e celular"),
        (("Ajuda de uma hora", 90, 60), ("Formatação com backup", 180, 120), ("Rede da casa toda", 260, 180)),
        ("Explico com calma, sem palavras difíceis.", "Faço cópia dos seus arquivos antes de tudo.", "Notebook, computador de mesa e impressora."),
    ),
    "faxina": Recipe(
        ("Faxina completa de apartamento", "Faxina pós-obra", "Limpeza semanal", "Limpeza de escritório pequeno"),
        (("Meio período", 120, 240), ("Apartamento completo", 160, 300), ("Casa grande", 220, 480)),
        ("Levo os produtos se você preferir.", "Cozinha e banheiro saem brilhando.", "Cuido bem de casas com gatos e cachorros."),
    ),
    "passadeira": Recipe(
        ("Passar roupa em casa", "Roupa de cama e mesa", "Camisas sociais"),
        (("Duas horas", 70, 120), ("Quatro horas", 120, 240)),
        ("Organizo por pessoa e por cabide.", "Camisas com goma, se você gosta.", "Trago meu próprio ferro a vapor."),
    ),
    "limpeza-de-estofados": Recipe(
        ("Limpeza de sofá a seco", "Higienização de colchão", "Impermeabilização de estofados"),
        (("Sofá de dois lugares", 160, 90), ("Sofá de três lugares", 220, 120), ("Colchão de casal", 180, 90), ("Impermeabilização", 260, 150)),
        ("Seca em poucas horas.", "Produto neutro, bom para quem tem alergia.", "Tiro mancha de vinho, café e de criança."),
    ),
    "lavagem-de-carros": Recipe(
        ("Lavagem de carro em casa", "Lavagem e cera", "Limpeza interna do carro"),
        (("Lavagem simples", 60, 60), ("Lavagem com cera", 110, 120), ("Higienização interna", 220, 180)),
        ("Gasto dez litros de água por carro.", "Só preciso de uma sombra e uma tomada.", "Bancos de couro com produto próprio."),
    ),
    "cabeleireiro": Recipe(
        ("Corte e barba em domicílio", "Corte feminino", "Coloração e hidratação", "Corte infantil com paciência"),
        (("Corte", 55, 40), ("Corte e barba", 80, 60), ("Hidratação", 110, 90), ("Coloração completa", 190, 150)),
        ("Levo espelho, capa e recolho os cabelos.", "Cachos, crespos e lisos.", "Horário respeitado, ninguém espera."),
    ),
    "manicure": Recipe(
        ("Manicure e pedicure em casa", "Unhas em gel", "Spa dos pés"),
        (("Mãos", 35, 45), ("Mãos e pés", 65, 90), ("Gel nas mãos", 130, 120)),
        ("Material esterilizado em autoclave, aberto na sua frente.", "Mais de cem cores na maleta.", "Unhas que duram duas semanas."),
    ),
    "maquiagem": Recipe(
        ("Maquiagem para festas", "Maquiagem para noivas", "Automaquiagem: aula"),
        (("Maquiagem social", 140, 60), ("Noiva com prova", 480, 150), ("Aula de automaquiagem", 180, 120)),
        ("Pele de todos os tons, produtos à prova de lágrimas.", "Vou até você, também no domingo cedo.", "Cílios incluídos."),
    ),
    "massagem": Recipe(
        ("Massagem relaxante", "Massagem terapêutica", "Drenagem linfática"),
        (("Meia hora", 80, 30), ("Uma hora", 130, 60), ("Uma hora e meia", 180, 90)),
        ("Levo a maca e os óleos.", "Pressão do jeito que você pedir.", "Formação técnica em massoterapia."),
    ),
    "depilacao": Recipe(
        ("Depilação com cera", "Design de sobrancelhas", "Depilação com linha"),
        (("Sobrancelhas", 40, 30), ("Meia perna", 55, 45), ("Perna inteira e axilas", 110, 75)),
        ("Cera descartável, sempre.", "Deixo a pele calma com camomila.", "Atendimento reservado e sem pressa."),
    ),
    "aulas-de-ingles": Recipe(
        ("Inglês para conversar", "Inglês para viagens", "Inglês para entrevistas de emprego"),
        (("Aula de 50 minutos", 75, 50), ("Aula de uma hora e meia", 110, 90)),
        ("A primeira aula descobre o que você já sabe.", "Você fala mais do que eu.", "Material incluído, do seu interesse."),
    ),
    "aulas-de-matematica": Recipe(
        ("Reforço de matemática", "Matemática para o Enem", "Cálculo para a faculdade"),
        (("Uma hora", 80, 60), ("Duas horas", 150, 120)),
        ("Começo pelo que a escola deixou para trás.", "Listas corrigidas entre uma aula e outra.", "Crianças a partir de nove anos."),
    ),
    "aulas-de-violao": Recipe(
        ("Violão para iniciantes", "Violão popular brasileiro", "Guitarra e improviso"),
        (("Aula de 50 minutos", 70, 50), ("Aula de uma hora e meia", 105, 90)),
        ("Na segunda aula você toca uma música inteira.", "Samba, MPB, sertanejo, rock: você escolhe.", "Empresto um violão no começo."),
    ),
    "personal-trainer": Recipe(
        ("Treino em casa ou na praça", "Treino funcional", "Treino para terceira idade"),
        (("Aula avulsa", 85, 60), ("Treino em dupla", 120, 60)),
        ("Levo elásticos, cordas e pesos.", "Treino montado depois de uma conversa.", "CREF ativo."),
    ),
    "jardineiro": Recipe(
        ("Corte de grama e limpeza de jardim", "Poda de árvores pequenas", "Horta em casa", "Jardim novo em vasos"),
        (("Visita e orçamento", 50, 30), ("Meio dia de serviço", 160, 240), ("Um dia de serviço", 280, 480)),
        ("Levo máquina, tesoura e sacos.", "Escolho plantas que aguentam o sol daqui.", "Ensino a cuidar depois."),
    ),
    "montador-de-moveis": Recipe(
        ("Montagem de guarda-roupa", "Montagem de móveis de caixa", "Desmontagem para mudança"),
        (("Móvel pequeno", 90, 60), ("Guarda-roupa", 190, 180), ("Cozinha completa", 450, 480)),
        ("Nivelado, fixado na parede e sem parafuso sobrando.", "Monto de qualquer loja.", "Levo o papelão embora."),
    ),
    "passeador-de-caes": Recipe(
        ("Passeio com cachorro", "Visita para gatos", "Passeio em dupla"),
        (("Meia hora", 35, 30), ("Uma hora", 55, 60)),
        ("Mando foto de cada passeio.", "No máximo três cães por vez.", "Dou remédio, se precisar."),
    ),
    "cozinheira": Recipe(
        ("Marmitas para a semana", "Almoço de domingo", "Jantar para convidados"),
        (("Dez marmitas", 180, 240), ("Almoço para seis", 240, 240), ("Jantar para dez", 420, 300)),
        ("Você compra os ingredientes, eu mando a lista.", "Cozinha limpa quando eu saio.", "Sem glúten, sem lactose ou vegano: é só pedir."),
    ),
    "cuidador-de-idosos": Recipe(
        ("Companhia e cuidado de idosos", "Acompanhamento em consultas", "Cuidado noturno"),
        (("Quatro horas", 140, 240), ("Oito horas", 240, 480)),
        ("Curso de cuidador e primeiros socorros.", "Paciência, conversa e remédio na hora certa.", "Conto à família como foi o dia."),
    ),
    "frete": Recipe(
        ("Frete com utilitário", "Carreto de móvel usado", "Busca de compra grande"),
        (("Até 10 km", 120, 60), ("Até 30 km", 190, 120), ("Diária", 480, 480)),
        ("Eu e um ajudante, para subir escada.", "Cobertores e cintas no carro.", "Preço fechado antes de sair."),
    ),
    "mudanca": Recipe(
        ("Mudança de apartamento pequeno", "Mudança residencial", "Embalagem para mudança"),
        (("Quitinete", 450, 240), ("Dois quartos", 780, 480), ("Só embalagem", 260, 240)),
        ("Desmonto e monto as camas.", "Caixas emprestadas uma semana antes.", "Caminhão baú, nada molha."),
    ),
    "motoboy": Recipe(
        ("Entrega de documentos", "Entrega de encomendas", "Recados e cartório"),
        (("Uma entrega na cidade", 30, 30), ("Uma hora à disposição", 60, 60)),
        ("Baú limpo e capa de chuva.", "Aviso na retirada e na entrega.", "Autenticação e cartório, com recibo."),
    ),
}  # fmt: skip

OPENINGS = (
    "Trabalho por conta própria há {years} anos em {place}.",
    "São {years} anos de ofício, sempre por indicação.",
    "Aprendi com meu pai e faço isso há {years} anos.",
    "Atendo {place} e vizinhança há {years} anos.",
)
CLOSINGS = (
    "Qualquer dúvida, escreva na observação do pedido.",
    "Chego na hora marcada, e se houver imprevisto aviso antes.",
    "Gosto de deixar tudo melhor do que encontrei.",
    "Combinado não sai caro: o preço é o que está aqui.",
)

FIRST_NAMES = (
    "Adriana", "Alessandra", "Aline", "Antônio", "Aparecida", "Beatriz", "Bruno", "Camila", "Carlos",
    "Célia", "Cícero", "Cláudia", "Cristiane", "Daniel", "Débora", "Diego", "Edson", "Eduardo",
    "Elaine", "Fabiana", "Fátima", "Fernanda", "Francisco", "Gabriel", "Geraldo", "Gustavo", "Helena",
    "Iara", "Inês", "Jéssica", "João", "Jorge", "José", "Juliana", "Kátia", "Larissa", "Leandro",
    "Lúcia", "Luiz", "Márcia", "Marcos", "Maria", "Mateus", "Nair", "Neide", "Otávio", "Patrícia",
    "Paulo", "Rafael", "Raimundo", "Renata", "Rita", "Roberto", "Rosana", "Sandra", "Sebastião",
    "Sérgio", "Simone", "Tânia", "Thiago", "Vanessa", "Vera", "Wesley", "Yuri",
)  # fmt: skip
LAST_NAMES = (
    "Almeida", "Alves", "Andrade", "Araújo", "Barbosa", "Batista", "Bianchi", "Borges", "Campos",
    "Cardoso", "Carvalho", "Castro", "Conceição", "Correia", "Costa", "Cruz", "Dias", "Duarte",
    "Farias", "Fernandes", "Ferreira", "Freitas", "Gomes", "Gonçalves", "Guimarães", "Kato", "Lima",
    "Lopes", "Machado", "Martins", "Medeiros", "Melo", "Mendes", "Miranda", "Monteiro", "Moraes",
    "Moreira", "Nascimento", "Nogueira", "Nunes", "Oliveira", "Pereira", "Pinto", "Ramos", "Reis",
    "Ribeiro", "Rocha", "Rodrigues", "Rossi", "Sales", "Santana", "Santos", "Schmidt", "Silva",
    "Siqueira", "Soares", "Sousa", "Tanaka", "Tavares", "Teixeira", "Vieira", "Xavier",
)  # fmt: skip
